//! The recipe `cluster` on moto, with simulated machines in place of those it does not have.

use super::Moto;
use crate::program::{Ended, Program};
use crate::python;
use serde_json::Value;

/// moto knows no newer image of Ubuntu's than 16.04, which is the chapter's: another one stands for
/// 24.04. Its consoles show no host keys.
const SETTINGS: &str =
    "host_keys_patience = 0\nbase_image.name = \"*hvm-ssd/ubuntu-trusty-14.04*\"\n";

#[test]
fn the_cluster_on_another_simulator() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let program = Program::new();
    let hopper = |line: &str| Ended::of(program.with_credentials(line).output().unwrap());
    let before = moto.inventory();
    program.write("cluster.toml", SETTINGS);

    let up = format!(
        "up --recipe cluster --config cluster.toml --backend aws --endpoint-url {} \
         --hosts simulated",
        moto.url
    );
    let up = hopper(&up);
    assert_eq!(up.code, 0, "{up:#?}");

    // moto drops the descriptions of rules between groups, and nothing else differs.
    let checked = hopper("check");
    let (last, told) = checked.stdout.trim_end().rsplit_once('\n').map(|(a, b)| (b, a)).unwrap();
    assert_eq!(last, "60 steps checked, 9 not as recorded", "{checked:#?}");
    for pair in told.lines().collect::<Vec<_>>().chunks(2) {
        let [step, difference] = pair else { panic!("{pair:?}") };
        assert!(step.ends_with("(aws.ec2.security_group_rule)"), "{step}");
        let is_description = difference.trim().starts_with("description: recorded ");
        assert!(is_description && difference.ends_with(", actual none"), "{difference}");
    }

    let down = hopper("down --image");
    assert_eq!(down.code, 0, "{down:#?}");
    assert_as_before(&moto, &before);
}

/// The chapter, inside and out, on machines of 2018.
#[test]
fn the_whole_chapter_on_another_simulator() {
    let Some(bin) = python::bin() else { return };
    let moto = Moto::start(bin);
    let program = Program::new();
    let hopper = |line: &str| Ended::of(program.with_credentials(line).output().unwrap());
    let before = moto.inventory();
    let up =
        format!("up --recipe chapter --backend aws --endpoint-url {} --hosts simulated", moto.url);
    let up = hopper(&up);
    assert_eq!(up.code, 0, "{up:#?}");
    let checked = hopper("check");
    assert_eq!(checked.last(), "63 steps checked, all as recorded", "{checked:#?}");
    let down = hopper("down");
    assert_eq!(down.code, 0, "{down:#?}");
    assert_as_before(&moto, &before);
}

fn assert_as_before(moto: &Moto, before: &Value) {
    let after = moto.inventory();
    for (kind, was) in before.as_object().unwrap() {
        let mut is = after[kind].clone();
        if kind == "volumes" {
            // moto gives a group's machine a disk that is not its template's, and forgets it.
            let is_motos = |disk: &Value| disk["Size"] == 8 && disk["State"] == "in-use";
            is.as_array_mut().unwrap().retain(|disk| !is_motos(disk));
        }
        assert_eq!(&is, was, "{kind} are not as before");
    }
}
