//! Secrets that go to AWS are seen nowhere on the way, whatever happens.

use crate::ground::{self, gateway, group, image, subnet, vpc};
use hopper_aws::{
    Tags,
    autoscaling::LaunchConfiguration,
    ec2::{LaunchTemplate, UserData},
    testing::Stage,
};
use hopper_core::{
    Event, MemoryJournal, SealingKey, Secret, Workflow,
    testing::{Lab as _, on_paused_time},
};
use std::{
    fmt::{self, Write as _},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tracing::{Metadata, Subscriber, field, span};

/// What is in every secret, so that its base64 has [`IN_BASE64`] in it.
const MARK: &str = "hunter2-geheim";
/// The marker in base64, where it begins after a multiple of three bytes.
const IN_BASE64: &str = "aHVudGVyMi1nZWhlaW";

/// All that anybody gets to see.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<String>>, Arc<AtomicU64>);

impl Seen {
    fn see(&self, what: impl fmt::Display) {
        writeln!(self.0.lock().unwrap(), "{what}").unwrap();
    }
}

impl field::Visit for Seen {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        self.see(format_args!("log {field} {value:?}"));
    }
}

/// Of the logs those of hopper and its simulator; what the SDK logs is its own.
impl Subscriber for Seen {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("hopper")
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut self.clone());
        span::Id::from_u64(self.1.fetch_add(1, Ordering::Relaxed) + 1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

fn secret(what: &str) -> UserData {
    Secret::new(format!("#!/bin/sh\n# {MARK} {what}\nkubeadm join --token {MARK}\n")).into()
}

fn recipe(w: &Workflow) {
    let vpc = vpc(w);
    let (subnet, group, gateway) = (subnet(w, &vpc), group(w, "hosts", &vpc), gateway(w, &vpc));
    let image = image(w);
    let mut host = ground::instance(image.clone(), &subnet, &group);
    host.user_data = Some(secret("host"));
    w.step("host").undo_before(&gateway).does(host);
    w.step("template").does(LaunchTemplate {
        security_groups: vec![group.clone()],
        user_data: Some(secret("template")),
        tags: Tags::named("node"),
        ..LaunchTemplate::new("nodes", image.clone(), "t3.medium")
    });
    w.step("configuration").does(LaunchConfiguration {
        name: "nodes".to_owned(),
        image,
        instance_type: "t2.medium".to_owned(),
        key_name: None.into(),
        security_groups: vec![group],
        profile: None,
        user_data: Some(secret("configuration")),
        public_address: false,
    });
}

#[test]
fn no_secret_is_seen_whatever_happens() {
    let seen = Seen::default();
    let observed = seen.clone();
    let stage = Stage::new(recipe).with_engine(move |engine| {
        let seen = observed.clone();
        let engine = engine.seal(SealingKey::new([7; 32]));
        engine.observe(move |_: Duration, event: &Event| {
            seen.see(format_args!("{event} {event:?} {}", serde_json::to_string(event).unwrap()));
        })
    });
    let creates = ["RunInstances", "CreateLaunchTemplate", "autoscaling:CreateLaunchConfiguration"];
    // As long as there is but one, whatever another thread logs first is asked of that thread's
    // default, which is nobody, and never again.
    let _second = tracing::Dispatch::new(seen.clone());
    tracing::subscriber::with_default(seen.clone(), || {
        stage.endure();
        stage.in_bad_weather(&creates);
        for create in creates {
            let (mock, journal) = (stage.world(), MemoryJournal::default());
            mock.fail(create).times(99).unavailable();
            on_paused_time(async {
                let engine = stage.engine(&mock, journal.clone());
                let report = engine.run(&stage.plan()).await.unwrap();
                seen.see(format_args!("{report} {report:?}"));
                seen.see(serde_json::to_string(&report).unwrap());
            });
            seen.see(format_args!("{journal} {:?}", journal.entries()));
            seen.see(serde_json::to_string(&journal.entries()).unwrap());
            seen.see(mock.calls());
        }
        let plan = stage.plan();
        seen.see(format_args!("{plan} {plan:?} {} {}", plan.to_dot(), plan.to_mermaid()));
        seen.see(serde_json::to_string(&plan).unwrap());
        let run = stage.up();
        seen.see(format_args!("{} {:?}", run.report(), run.check()));
        seen.see(format_args!("{} {}", run.calls_in_full(), run.journal()));
        let error = SealingKey::new([8; 32]);
        run.wait(async {
            let engine = stage.engine(run.mock(), run.journal().clone()).seal(error);
            seen.see(engine.run(&plan).await.unwrap_err());
        });
        run.down();
    });
    let seen = seen.0.lock().unwrap();
    for tried in ["$hopper::sealed", "UserData=<secret>", "is sealed with key", "log call"] {
        assert!(seen.contains(tried), "`{tried}` was not seen: nothing was tried");
    }
    for needle in [MARK, IN_BASE64] {
        if let Some(at) = seen.find(needle) {
            let begin = seen[..at].rfind('\n').map_or(0, |n| n + 1);
            panic!("{needle}: {}", seen[begin..].lines().next().unwrap());
        }
    }
}
