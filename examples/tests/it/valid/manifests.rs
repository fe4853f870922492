//! The objects that go into a cluster, against the schemas of Kubernetes.

use crate::python;
use hopper_kubernetes::add_ons::{cloud_controller, demo};
use std::{fs, path::Path, process::Command};

#[test]
fn kubernetes_knows_every_field() {
    let Some(bin) = python::kubernetes_validate() else { return };
    let controller = cloud_controller("registry.example/controller:1").unwrap();
    let page = demo("registry.example/page:1").unwrap();
    for (name, manifest) in [("cloud controller", &controller), ("demo", &page)] {
        let (is_valid, said) = looks(bin, manifest);
        assert!(is_valid, "{name}:\n{said}");
        // Each document was looked at.
        let documents = manifest.split("\n---\n").count();
        assert_eq!(said.matches("passed for resource").count(), documents, "{name}:\n{said}");
    }
    // It would tell.
    let wrong = page.replace("\"replicas\"", "\"replica\"");
    let (is_valid, said) = looks(bin, &wrong);
    assert!(!is_valid && said.contains("replica"), "{said}");
}

fn looks(bin: &Path, manifest: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("manifest.yaml");
    fs::write(&file, manifest).unwrap();
    let mut command = Command::new(bin.join("kubernetes-validate"));
    let output = command.args(["-k", "1.36.0", "--strict"]).arg(file).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}
