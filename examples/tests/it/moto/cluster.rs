//! The recipe `cluster` on moto, with simulated machines in place of those it does not have.

use super::Moto;
use crate::program::{Ended, Program};
use crate::python;

/// moto knows no newer image of Ubuntu's, and its consoles show no host keys.
const SETTINGS: &str =
    "host_keys_patience = 0\nbase_image.name = \"*hvm-ssd/ubuntu-xenial-16.04*\"\n";

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
    let after = moto.inventory();
    for (kind, was) in before.as_object().unwrap() {
        let mut is = after[kind].clone();
        if kind == "volumes" {
            // moto gives a group's machine a disk that is not its template's, and forgets it.
            let is_motos =
                |disk: &serde_json::Value| disk["Size"] == 8 && disk["State"] == "in-use";
            is.as_array_mut().unwrap().retain(|disk| !is_motos(disk));
        }
        assert_eq!(&is, was, "{kind} are not as before");
    }
}
