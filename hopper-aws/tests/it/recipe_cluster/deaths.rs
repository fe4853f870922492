//! The process dies.

use super::whole;
use hopper_aws::testing::{Stage, crash_somewhere};
use hopper_core::{
    MemoryJournal, Outcome,
    testing::{Lab as _, on_paused_time},
};
use std::time::Duration;
use tokio::time::timeout;

#[test]
fn at_a_call() {
    let crashes = crash_somewhere(&whole(), 12, 1);
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}

/// While it waits for machines, scripts, kubeadm, nodes, the load balancer and the page, of which
/// AWS knows nothing; then it is gone on with, or undone.
#[test]
fn inside_the_machines() {
    let seconds = [10, 30, 42, 50, 65, 72, 80, 95, 120, 141, 146, 180];
    gone_on_with_and_undone(&whole(), &seconds);
}

/// The process dies at these times. The next one goes on with what it finds to the end, or undoes
/// it, and leaves nothing.
pub(crate) fn gone_on_with_and_undone(stage: &Stage, seconds: &[u64]) {
    let plan = stage.plan();
    for seconds in seconds.iter().copied() {
        for goes_on in [true, false] {
            let (mock, journal) = (stage.world(), MemoryJournal::default());
            on_paused_time(async {
                let engine = stage.engine(&mock, journal.clone());
                let died = timeout(Duration::from_secs(seconds), engine.run(&plan)).await;
                assert!(died.is_err(), "{seconds}: {died:?}");
                let journal = journal.fork(journal.len()); // what the next process finds
                if goes_on {
                    let report = stage.engine(&mock, journal.clone()).run(&plan).await.unwrap();
                    assert_eq!(report.outcome, Outcome::Done, "{seconds}: {report}");
                }
                let report = stage.engine(&mock, journal.clone()).undo().await.unwrap();
                assert_eq!(report.outcome, Outcome::Undone, "{seconds}: {report}");
            });
            assert_eq!(stage.leftovers(&mock), [""; 0], "{seconds}");
        }
    }
}

/// While the image is made: it is made after all, or gone with all that was there for its sake.
#[test]
fn while_the_image_is_made() {
    let stage: Stage = super::image(&super::simulated());
    let crashes = crash_somewhere(&stage, 6, 1);
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}
