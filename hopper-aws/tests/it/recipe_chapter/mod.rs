//! The recipe `chapter`, inside and out, on machines of 2018.

mod deaths;
mod harness;
mod scripts;
mod secrets;
mod whole;

use hopper_aws::{
    recipes::chapter,
    settings::ChapterSettings,
    testing::{Stage, operator_public_key},
};
use hopper_core::{SealingKey, Workflow};

/// The chapter's settings, with a key that opens the machines.
fn simulated() -> ChapterSettings {
    ChapterSettings { public_key: operator_public_key(), ..ChapterSettings::default() }
}

/// The chapter's cluster, in a world that has nothing yet.
fn chapter_of(settings: &ChapterSettings) -> Stage {
    let settings = settings.clone();
    Stage::new(move |w: &Workflow| drop(chapter(w, &settings).unwrap()))
        .with_engine(|engine| engine.seal(SealingKey::new([7; 32])))
}

fn whole() -> Stage {
    chapter_of(&simulated())
}
