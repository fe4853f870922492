//! A recipe's snapshot tests: copy this file beside a recipe of your own.
//!
//! `cargo insta review` (or `INSTA_UPDATE=always cargo test`) accepts what has changed.

#[path = "../snapshots.rs"]
#[expect(dead_code, reason = "the program's `main` is not called here")]
mod recipe;

#[test]
fn the_plan() {
    insta::assert_snapshot!(recipe::stage().plan());
}

#[test]
fn the_calls_and_the_report() {
    let run = recipe::stage().up();
    insta::assert_snapshot!("calls", run.calls());
    insta::assert_snapshot!("report", run.report());
    run.down();
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = || {
        let run = recipe::stage().up();
        (run.calls_in_full(), run.report().to_string(), run.mock().world().to_string())
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn whatever_fails_leaves_nothing() {
    recipe::stage().endure();
}
