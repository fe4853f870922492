//! steno 0.5 with its store in memory.

use crate::workload::{Shape, Workload};
use anyhow::{Context as _, ensure};
use std::{
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};
use steno::{
    Action, ActionContext, ActionError, ActionFunc, ActionRegistry, DagBuilder, InMemorySecStore,
    Node, SagaDag, SagaId, SagaName, SagaType,
};

#[derive(Debug)]
struct Bench;

impl SagaType for Bench {
    type ExecContextType = ();
}

/// Takes what the nodes named in its label gave, as the steps of hopper take their inputs.
static NOOP: LazyLock<Arc<dyn Action<Bench>>> =
    LazyLock::new(|| ActionFunc::new_action("noop", noop, undo));
static REFUSE: LazyLock<Arc<dyn Action<Bench>>> =
    LazyLock::new(|| ActionFunc::new_action("refuse", refuse, undo));

async fn noop(cx: ActionContext<Bench>) -> Result<u64, ActionError> {
    let mut sum = 1u64;
    for former in cx.node_label().split_whitespace() {
        sum = sum.wrapping_add(cx.lookup::<u64>(former)?);
    }
    Ok(sum)
}

async fn refuse(_: ActionContext<Bench>) -> Result<u64, ActionError> {
    Err(ActionError::action_failed("refused, so that all is undone".to_owned()))
}

async fn undo(_: ActionContext<Bench>) -> Result<(), anyhow::Error> {
    Ok(())
}

/// The same graph as [`Workload::plan`]; a fan-out has one more node, for a saga has to end in
/// one.
fn dag(workload: Workload) -> anyhow::Result<Arc<SagaDag>> {
    let mut dag = DagBuilder::new(SagaName::new("bench"));
    let node = |name: &str, former: &str| Node::action(name, former, NOOP.as_ref());
    match workload.shape {
        Shape::Chain | Shape::Undo => {
            dag.append(node("s0", ""));
            for i in 1..workload.size - 1 {
                dag.append(node(&format!("s{i}"), &format!("s{}", i - 1)));
            }
            let former = format!("s{}", workload.size - 2);
            dag.append(match workload.shape {
                Shape::Undo => Node::action("last", former.as_str(), REFUSE.as_ref()),
                _ => node("last", &former),
            });
        }
        Shape::FanOut => {
            dag.append(node("root", ""));
            let leaves = (1..workload.size).map(|i| node(&format!("s{i}"), "root"));
            dag.append_parallel(leaves.collect());
            dag.append(node("last", "root"));
        }
        Shape::Ladder => {
            dag.append_parallel(vec![node("a0", ""), node("b0", "")]);
            for i in 1..workload.size {
                let former = format!("a{0} b{0}", i - 1);
                let (a, b) = (format!("a{i}"), format!("b{i}"));
                dag.append_parallel(vec![node(&a, &former), node(&b, &former)]);
            }
            dag.append(node("last", &format!("a{0} b{0}", workload.size - 1)));
        }
    }
    let dag = dag.build().context("the graph is wrong")?;
    Ok(Arc::new(SagaDag::new(dag, serde_json::Value::Null)))
}

/// Runs the graph, and says how long that took.
pub(crate) async fn run(workload: Workload) -> anyhow::Result<Duration> {
    let dag = dag(workload)?;
    let mut registry = ActionRegistry::new();
    registry.register(NOOP.clone());
    registry.register(REFUSE.clone());
    let registry = Arc::new(registry);
    let log = slog::Logger::root(slog::Discard, slog::o!());
    let sec = steno::sec(log, Arc::new(InMemorySecStore::new()));
    let began = Instant::now();
    let id = SagaId::new_v4();
    let saga = sec.saga_create(id, Arc::new(()), dag, registry).await?;
    sec.saga_start(id).await?;
    let result = saga.await;
    let took = began.elapsed();
    sec.shutdown().await;
    let expected = workload.shape != Shape::Undo;
    ensure!(result.kind.is_ok() == expected, "{workload} ended otherwise in steno");
    Ok(took)
}
