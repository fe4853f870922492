//! The recipe `cluster` on moto, with simulated machines in place of those it does not have.

use super::Moto;
use crate::program::{Ended, Program};
use crate::python;

/// moto knows no newer image of Ubuntu's.
const SETTINGS: &str = "base_image.name = \"*hvm-ssd/ubuntu-xenial-16.04*\"\n";

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

    let checked = hopper("check");
    assert_eq!(checked.code, 0, "{checked:#?}");
    assert!(checked.last().contains("all as recorded"), "{checked:#?}");

    let down = hopper("down --image");
    assert_eq!(down.code, 0, "{down:#?}");
    let after = moto.inventory();
    for (kind, was) in before.as_object().unwrap() {
        assert_eq!(&after[kind], was, "{kind} are not as before");
    }
}
