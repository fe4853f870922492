//! What is secret of a cluster is seen nowhere.

use super::whole;
use hopper_core::{
    Event, Journal as _, MemoryJournal, Outcome,
    testing::{Lab as _, on_paused_time},
};
use std::sync::{Arc, Mutex};

/// The authority's key, the token, the credentials of roles and the administrator's kubeconfig: in
/// no plan, event, report or journal, in no argument of a program, and in no user data.
#[test]
fn nobody_sees_them() {
    let stage = whole();
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
    let world = mock.world();
    for id in world.ec2.instances.keys() {
        for command in &mock.transcript(id).commands {
            seen.push_str(&command.line);
            seen.push('\n');
        }
    }
    seen.push_str(&mock.calls().to_string());
    // What a token, a key, a certificate for administrators and credentials of a role look like.
    let token = regex::Regex::new(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b").unwrap();
    if let Some(found) = token.find(&seen) {
        panic!("a token is seen: {}", &seen[found.start().saturating_sub(200)..found.end()]);
    }
    for secret in ["PRIVATE KEY", "client-key-data", "client-certificate-data", "IQoJb3JpZ2luX2Vj"]
    {
        let at = seen.find(secret);
        assert!(
            at.is_none(),
            "{secret}: {}",
            &seen[at.unwrap().saturating_sub(200)..at.unwrap() + 50]
        );
    }
}
