//! What a change in place asks for is told before, and only that.

use crate::preflight::{aws, plan, prefix, world};
use hopper_aws::{preflight::Checks, recipes, settings::ChapterSettings};
use hopper_core::{Ledger, MemoryJournal, Outcome, prelude::*, testing::on_paused_time};
use std::collections::BTreeSet;

#[test]
fn whatever_a_change_calls_was_told_before() {
    let chapter = |config: &str| {
        let settings: ChapterSettings = toml::from_str(config).unwrap();
        plan(|w| drop(recipes::chapter_machines(w, &settings).unwrap()))
    };
    let rest = "[bastion]\nssh_from = '192.0.2.0/24'\n[workers]\ninstance_type = 't2.large'\n";
    let one = chapter("[tags]\nteam = 'one'\n");
    let two = chapter(&format!("[tags]\nteam = 'two'\n{rest}"));
    let three = chapter(rest);
    let mock = world(|w| w);
    on_paused_time(async {
        let journal = MemoryJournal::default();
        let engine = Engine::new(journal.clone()).env(aws(&mock)).registry(hopper_aws::registry());
        assert_eq!(engine.run(&one).await.unwrap().outcome, Outcome::Done);
        for (plan, takes_away) in [(&two, false), (&three, true)] {
            let ledger = Ledger::of(&journal.entries());
            let found = Checks::new(plan).resuming(&ledger).look(&aws(&mock)).await;
            assert!(found.is_ok(), "{found}");
            let told: BTreeSet<_> = found.permissions.into_iter().map(|of| of.action).collect();
            assert!(!told.contains("ec2:CreateVpc") && told.contains("ec2:CreateTags"), "{told:?}");
            // Only what is not wanted any more has to be taken away.
            assert_eq!(told.contains("ec2:DeleteTags"), takes_away, "{told:?}");
            let before = mock.calls().len();
            assert_eq!(engine.run(plan).await.unwrap().outcome, Outcome::Done);
            let calls = mock.calls();
            let made = calls.iter().skip(before);
            let made: BTreeSet<String> =
                made.map(|call| format!("{}:{}", prefix(call.service), call.operation)).collect();
            let untold: Vec<_> = made.difference(&told).collect();
            assert_eq!(untold, [""; 0]);
        }
        let ledger = Ledger::of(&journal.entries());
        let found = Checks::new(&three).resuming(&ledger).look(&aws(&mock)).await;
        assert_eq!(found.permissions, []);
    });
}
