//! What a worker runs when it first starts.

use super::{Root, Site, boot};
use std::{fs, time::Duration};

/// A machine from the image.
fn machine(site: &Site) -> Root {
    let root = Root::new(site);
    fs::create_dir_all(root.path("etc/kubernetes/manifests")).unwrap();
    root
}

fn is_tidy(root: &Root) -> bool {
    let is_empty = |folder: &str| fs::read_dir(root.path(folder)).unwrap().next().is_none();
    is_empty("tmp") && !root.path("etc/kubernetes/join.yaml").exists()
}

#[test]
fn it_waits_until_it_may_join() {
    if !Root::can_be_had() {
        return;
    }
    let site = Site::start(Some(2));
    let root = machine(&site);
    let ran = root.run(&boot().script().unwrap(), "");
    assert_eq!((ran.code, ran.part()), (Some(0), "kubeadm join"), "{}", ran.said);
    let told = "ParameterNotFound: no /hopper/hopper/join";
    assert_eq!(ran.said.matches(told).count(), 2, "{}", ran.said);
    insta::assert_snapshot!("worker_join", root.read("stub/join.yaml"));
    insta::assert_snapshot!("worker_calls", root.calls());
    assert_eq!(root.read("stub/join.mode"), "600\n");
    assert!(is_tidy(&root));
    for secret in ["secret+key", "role=token", "0123456789abcdef\n", "abcdef."] {
        assert!(!root.calls().contains(secret) && !ran.said.contains(secret), "{secret}");
    }
}

#[test]
fn it_gives_up_and_says_why() {
    if !Root::can_be_had() {
        return;
    }
    let site = Site::start(None);
    let root = machine(&site);
    let mut boot = boot();
    boot.patience = Duration::from_secs(1);
    let ran = root.run(&boot.script().unwrap(), "");
    assert_eq!((ran.code, ran.part()), (Some(1), "no join data within 1 s"), "{}", ran.said);
    assert!(ran.said.contains("ParameterNotFound: "), "{}", ran.said);
    assert!(!root.calls().contains("kubeadm") && is_tidy(&root), "{}", root.calls());
}

#[test]
fn what_kubeadm_says_is_what_it_says() {
    if !Root::can_be_had() {
        return;
    }
    let site = Site::start(Some(0));
    let root = machine(&site);
    root.write("stub/fails", "9");
    let ran = root.run(&boot().script().unwrap(), "");
    assert_eq!((ran.code, ran.part()), (Some(9), "kubeadm join"), "{}", ran.said);
    assert!(is_tidy(&root));
}
