//! Scripts, as they are run, under shellcheck.

use super::finds;
use crate::{
    python,
    throwaway::{CONTROL_PLANE, boot},
};
use hopper_aws::{
    machine::{Bake, ChapterScripts},
    settings::{ChapterSettings, NodeSettings},
};
use hopper_kubernetes::steps::JOIN;

#[test]
fn shellcheck_finds_nothing() {
    let Some(bin) = python::shellcheck() else { return };
    let image = "registry.example/page:1".to_owned();
    let bake = |images: &[String]| Bake::new(&NodeSettings::default(), images).unwrap();
    let mut bare = boot();
    bare.labels.clear();
    let of_2018 = ChapterScripts::new(&ChapterSettings::default()).unwrap();
    let scripts = [
        ("the chapter's bake", of_2018.bake),
        ("the chapter's worker", of_2018.worker.replace(JOIN, "--token T 10.0.0.10:6443")),
        ("bake", bake(&[image]).script().to_owned()),
        ("bake without images", bake(&[]).script().to_owned()),
        ("control-plane", CONTROL_PLANE.to_owned()),
        ("worker", boot().script().unwrap()),
        ("worker without labels", bare.script().unwrap()),
        ("what CI runs", include_str!("../../../../.ci/run").to_owned()),
    ];
    let program = bin.join("shellcheck");
    for (name, script) in scripts {
        let (is_clean, said) = finds(&program, &["-"], &script);
        assert!(is_clean, "{name}:\n{said}");
    }
    // It would tell.
    let (is_clean, said) = finds(&program, &["-"], "#!/bin/bash\nrm -rf $1/*\n");
    assert!(!is_clean && said.contains("SC2086"), "{said}");
}
