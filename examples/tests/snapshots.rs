//! A recipe's snapshot tests: copy this file beside a recipe of your own.
//!
//! `cargo insta review` (or `INSTA_UPDATE=always cargo test`) accepts what has changed.

#![expect(clippy::unwrap_used, reason = "tests may")]

#[path = "../snapshots.rs"]
#[expect(dead_code, reason = "the program's `main` is not called here")]
mod recipe;

#[test]
fn the_plan() {
    insta::assert_snapshot!(recipe::plan().unwrap());
}

#[tokio::test(start_paused = true)]
async fn the_calls_and_the_report() {
    let (report, calls) = recipe::run(&recipe::plan().unwrap()).await.unwrap();
    // Without the parameters, which the test of a step is for.
    let calls: Vec<_> =
        calls.iter().map(|c| format!("{} {} {}", c.at, c.operation, c.outcome)).collect();
    insta::assert_snapshot!("calls", calls.join("\n"));
    insta::assert_snapshot!("report", report);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_bytes() {
    let plan = recipe::plan().unwrap();
    let (one, calls) = recipe::run(&plan).await.unwrap();
    let (other, same) = recipe::run(&plan).await.unwrap();
    assert_eq!(one.to_string(), other.to_string());
    assert_eq!(calls.to_string(), same.to_string());
}
