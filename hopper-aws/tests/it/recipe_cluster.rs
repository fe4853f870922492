//! The recipe `cluster`, with the image that its nodes start from.

use hopper_aws::{
    recipes::{NODE_IMAGE, cluster, node_image_workflow},
    settings::ClusterSettings,
    testing::{Stage, operator_public_key},
};
use hopper_core::{
    Engine, MemoryJournal, Outcome, Report, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::Mock;

/// The settings of a cluster on a simulator, whose internet has stand-ins.
pub(crate) fn settings() -> ClusterSettings {
    let mock = Mock::builder().build();
    let base = ClusterSettings::default();
    ClusterSettings {
        public_key: operator_public_key(),
        node: base.node.clone().with_checksums(|url| {
            use sha2::{Digest as _, Sha256};
            let bytes = mock.download(url)?;
            Some(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
        }),
        ..base
    }
}

fn image() -> Stage {
    Stage::new(|w: &Workflow| {
        node_image_workflow(w, &settings()).unwrap();
    })
}

fn whole() -> Stage {
    Stage::new(|w: &Workflow| {
        cluster(w, &settings()).unwrap();
    })
}

/// An image of the nodes, in a world that has nothing else.
async fn with_image(stage: &Stage, mock: &Mock) -> Report {
    let journal = MemoryJournal::default();
    let report = stage.engine(mock, journal.clone()).run(&stage.plan()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    let undone: Engine = stage.engine(mock, journal).skip(NODE_IMAGE);
    undone.undo().await.unwrap();
    report
}

#[test]
fn an_image_is_all_that_is_left() {
    let stage = image();
    let mock = stage.world();
    on_paused_time(async {
        let report = with_image(&stage, &mock).await;
        println!("{report}");
    });
    println!("{:#?}", mock.world().leftovers());
    for command in mock.world().ec2.instances.keys() {
        println!("{}", mock.transcript(command));
    }
}

#[test]
fn a_cluster_comes_up_answers_and_goes() {
    let stage = whole();
    let mock = stage.world();
    on_paused_time(async {
        with_image(&image(), &mock).await;
        let journal = MemoryJournal::default();
        let engine = stage.engine(&mock, journal.clone());
        let report = engine.run(&stage.plan()).await.unwrap();
        println!("{report}");
        assert_eq!(report.outcome, Outcome::Done);
        assert_eq!(engine.check().await.unwrap(), []);
        let report = stage.engine(&mock, journal).undo().await.unwrap();
        println!("{report}");
        assert_eq!(report.outcome, Outcome::Undone);
    });
    println!("{:#?}", mock.world().leftovers());
}
