//! Key pairs.

use crate::ground::{KEY, OTHER_KEY, drift, output, stranger};
use hopper_aws::{PublicKey, Tags, ec2::KeyPair, testing::Stage};
use hopper_core::{MemoryJournal, Outcome, Workflow, testing::Lab as _, testing::on_paused_time};
use hopper_mock::Visibility;
use std::time::Duration;

fn recipe(w: &Workflow) {
    w.step("key").does(KeyPair {
        name: "eds_laptop".to_owned(),
        public_key: KEY.parse::<PublicKey>().unwrap().into(),
        tags: Tags::named("key"),
    });
}

#[test]
fn endures_everything() {
    Stage::new(recipe).endure();
}

#[test]
fn endures_what_is_not_visible_yet() {
    let visibility = Visibility::Seeded { max: Duration::from_secs(9) };
    Stage::new(recipe).visibility(visibility).endure();
}

#[test]
fn bad_weather_changes_nothing() {
    Stage::new(recipe).in_bad_weather(&["ImportKeyPair", "DeleteKeyPair"]);
    let visibility = Visibility::Fixed(Duration::from_secs(5));
    Stage::new(recipe).visibility(visibility).in_bad_weather(&["ImportKeyPair", "DeleteKeyPair"]);
}

#[test]
fn every_change_behind_its_back_is_named() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        assert_eq!(engine.check().await.unwrap(), []);
        let id = output(report, "key", "id");
        let key = mock.world().ec2.key_pairs[&id].clone();
        assert_eq!((&*key.name, &*key.public_key), ("eds_laptop", KEY));
        mock.edit(|world| {
            let key = world.ec2.key_pairs.get_mut(&id).unwrap();
            key.public_key = OTHER_KEY.to_owned();
            key.tags.remove("Name");
        });
        insta::assert_snapshot!(drift(engine, &[]).await, @r"
        key (aws.ec2.key_pair)
          publicKey: recorded SHA256:UCUiLr7Pjs9wFFJMDByLgc3NrtdU344OgUM45wZPcIQ, actual SHA256:rIre7u5nf1dYSfr9j44GvKCX8BWU55y3WuZuB0KtmUU
          tags.Name: recorded key, actual none
        ");
        mock.edit(|world| world.ec2.key_pairs.clear());
        assert_eq!(drift(engine, &[(&id, "key")]).await, "key (aws.ec2.key_pair)\n  [key] is gone");
    });
}

#[test]
fn a_name_of_somebody_elses_is_told_and_their_key_left_alone() {
    for (text, told) in [(KEY, "holds the same key"), (OTHER_KEY, "holds another key")] {
        let stage = Stage::new(recipe);
        let mock = stage.world();
        let material = base64(text);
        let params = [("KeyName", "eds_laptop"), ("PublicKeyMaterial", &*material)];
        let theirs = stranger(&mock, "ImportKeyPair", "keyPairId", &params);
        let before = mock.world();
        let report = on_paused_time(async {
            stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
        });
        assert_eq!(report.outcome, Outcome::Undone, "{report}");
        let error = report.errors[0].1.to_string();
        let told = format!(
            "key pair {theirs} \"eds_laptop\" {told} and was not made by hopper: delete it, or \
             choose another name"
        );
        assert!(error.ends_with(&told), "{error}");
        assert_eq!(mock.world().diff(&before).to_string(), "");
    }
}

/// After a lost connection it is looked for, and what is found is a stranger's.
#[test]
fn a_name_taken_while_nobody_looked_is_a_conflict() {
    let stage = Stage::new(recipe);
    let mock = stage.world();
    let material = base64(OTHER_KEY);
    stranger(
        &mock,
        "ImportKeyPair",
        "keyPairId",
        &[("KeyName", "eds_laptop"), ("PublicKeyMaterial", &*material)],
    );
    let before = mock.world();
    mock.fail("ImportKeyPair").reset();
    let report = on_paused_time(async {
        stage.engine(&mock, MemoryJournal::default()).run(&stage.plan()).await.unwrap()
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    assert!(report.to_string().contains("conflict: key pair"), "{report}");
    assert_eq!(mock.world().diff(&before).to_string(), "");
}

fn base64(text: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(text)
}
