//! The recipe `cluster`, with the image that its nodes start from.

mod bake;
mod deaths;
mod failures;
mod harness;
mod secrets;
mod settings;
mod storm;
mod three;
mod whole;

pub(crate) use deaths::gone_on_with_and_undone;
use hopper_aws::{
    ImageId,
    machine::Bake,
    recipes::{NODE_IMAGE, baked_image, cluster, node_image_workflow},
    settings::ClusterSettings,
    testing::{self, Stage},
};
use hopper_core::{
    MemoryJournal, Outcome, SealingKey, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::{Mock, World};
use std::{sync::OnceLock, time::Duration};

/// The settings of a cluster on a simulator, whose internet has stand-ins.
pub(crate) fn simulated() -> ClusterSettings {
    testing::simulated(ClusterSettings::default())
}

/// The image of a cluster's nodes, in a world that has nothing yet.
fn image(settings: &ClusterSettings) -> Stage {
    let settings = settings.clone();
    Stage::new(move |w: &Workflow| drop(node_image_workflow(w, &settings).unwrap()))
        .named("node-image")
}

/// The same, made by another script.
fn image_by(settings: &ClusterSettings, bake: &Bake) -> Stage {
    let (settings, bake) = (settings.clone(), bake.clone());
    Stage::new(move |w: &Workflow| drop(baked_image(w, &settings, &bake).unwrap()))
        .named("node-image")
}

/// A cluster in a world that has the image of its nodes already, and a key for its secrets.
fn cluster_of(settings: &ClusterSettings) -> Stage {
    let base = simulated();
    let is_same = settings.node_image_name().unwrap() == base.node_image_name().unwrap()
        && settings.network == base.network;
    let world = match is_same {
        true => ready().clone(),
        false => with_image(settings),
    };
    cluster_in(world, settings)
}

/// A cluster in this world.
fn cluster_in(world: World, settings: &ClusterSettings) -> Stage {
    let settings = settings.clone();
    Stage::new(move |w: &Workflow| drop(cluster(w, &settings).unwrap()))
        .in_world(move |mock| mock.world(world.clone()))
        .given(|_| ()) // what is there already is not the recipe's
        .with_engine(|engine| engine.seal(SealingKey::new([7; 32])))
}

fn whole() -> Stage {
    cluster_of(&simulated())
}

/// A world with the image that the default settings ask for.
fn ready() -> &'static World {
    static READY: OnceLock<World> = OnceLock::new();
    READY.get_or_init(|| with_image(&simulated()))
}

/// A world in which an image was made, and nothing else is left.
fn with_image(settings: &ClusterSettings) -> World {
    made(&image(settings)).0
}

/// The same, made by another script; and the image's id.
fn with_image_by(settings: &ClusterSettings, bake: &Bake) -> (World, ImageId) {
    made(&image_by(settings, bake))
}

fn made(stage: &Stage) -> (World, ImageId) {
    let (world, id) = made_in(stage, &stage.world());
    let left = world.leftovers();
    assert_eq!(
        left.iter().map(|left| left.kind.to_owned()).collect::<Vec<_>>(),
        ["image", "snapshot"]
    );
    (world, id)
}

/// The image is made, and nothing else of its run is left.
fn made_in(stage: &Stage, mock: &Mock) -> (World, ImageId) {
    let id = on_paused_time(async {
        let journal = MemoryJournal::default();
        let engine = |journal| stage.engine(mock, journal).seed(99);
        let report = engine(journal.clone()).run(&stage.plan()).await.unwrap();
        assert_eq!(report.outcome, Outcome::Done, "{report}");
        engine(journal).skip(NODE_IMAGE).undo().await.unwrap();
        crate::ground::output(&report, NODE_IMAGE, "id")
    });
    mock.advance(Duration::from_secs(3 * 3600)); // what is gone is not listed any more
    (mock.world(), id.as_str().into())
}
