//! What one can see of a run: plan, events, reports, journal and calls.

use hopper_aws::testing::Stage;
use hopper_core::{
    Event, Journal as _, MemoryJournal, Outcome,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::Mock;
use std::sync::{Arc, Mutex};

/// All that is seen of a run up and down, and the world it was in.
pub(crate) fn seen(stage: &Stage) -> (String, Mock) {
    let (mock, journal) = (stage.world(), MemoryJournal::default());
    let seen = Arc::new(Mutex::new(stage.plan().to_string()));
    on_paused_time(async {
        let see = seen.clone();
        let told = move |_: std::time::Duration, event: &Event| {
            see.lock()
                .unwrap()
                .push_str(&format!("{event:?}\n{}\n", serde_json::to_string(event).unwrap()));
        };
        let engine = stage.engine(&mock, journal.clone()).observe(told.clone());
        let report = engine.run(&stage.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        seen.lock().unwrap().push_str(&format!("{report}\n{report:?}"));
        let report = stage.engine(&mock, journal.clone()).observe(told).undo().await.unwrap();
        seen.lock().unwrap().push_str(&format!("{report}\n{report:?}"));
    });
    let entries = on_paused_time(async { format!("{:?}", journal.read().await.unwrap()) });
    let mut seen = seen.lock().unwrap().clone();
    seen.push_str(&entries);
    seen.push_str(&mock.calls().to_string());
    (seen, mock)
}

/// None of it looks like a token, a key, a certificate for administrators or credentials of a role.
pub(crate) fn assert_no_secret(seen: &str) {
    let token = regex::Regex::new(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b").unwrap();
    if let Some(found) = token.find(seen) {
        panic!("a token is seen: {}", &seen[found.start().saturating_sub(200)..found.end()]);
    }
    for secret in ["PRIVATE KEY", "client-key-data", "client-certificate-data", "IQoJb3JpZ2luX2Vj"]
    {
        if let Some(at) = seen.find(secret) {
            panic!("{secret}: {}", &seen[at.saturating_sub(200)..at + 50]);
        }
    }
}
