//! The script that makes a machine one of a control plane.

use super::{CONTROL_PLANE, Ran, Root, Site};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_kubernetes::pki::{Authority, Shared};
use std::os::unix::fs::PermissionsExt as _;

const CONFIG: &str = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n";
const CALL: &str = "kubeadm init --config /etc/kubernetes/hopper-kubeadm.yaml --skip-token-print\n";

/// A machine from the image.
fn machine() -> Root {
    let root = Root::new(&Site::start(None)); // it asks nobody
    std::fs::create_dir_all(root.path("etc/kubernetes/manifests")).unwrap();
    root
}

fn run(root: &Root, authority: &Authority) -> Ran {
    with(root, "init", authority, "")
}

fn with(root: &Root, verb: &str, authority: &Authority, shared: &str) -> Ran {
    let parts = [authority.certificate(), &authority.key(), CONFIG];
    let parts = parts.map(|part| BASE64_STANDARD.encode(part) + "\n").concat();
    root.run(CONTROL_PLANE, &format!("{verb}\n{parts}{shared}end\n"))
}

#[test]
fn once_whatever_happens() {
    if !Root::can_be_had() {
        return;
    }
    let (root, authority) = (machine(), Authority::generate().unwrap());
    root.write("stub/fails", "7");
    let ran = run(&root, &authority);
    assert_eq!((ran.code, ran.part()), (Some(7), "kubeadm init"), "{}", ran.said);
    assert!(!root.path("etc/kubernetes/hopper-kubeadm.yaml").exists());

    std::fs::remove_file(root.path("stub/fails")).unwrap();
    let ran = run(&root, &authority);
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert_eq!(root.calls(), CALL.repeat(2));
    assert_eq!(
        (root.read("stub/init.yaml").as_str(), root.read("stub/init.mode").as_str()),
        (CONFIG, "600\n")
    );
    assert!(!root.path("etc/kubernetes/hopper-kubeadm.yaml").exists());
    assert_eq!(root.read("etc/kubernetes/pki/ca.crt"), authority.certificate());
    assert_eq!(root.read("etc/kubernetes/pki/ca.key"), authority.key());
    let mode =
        std::fs::metadata(root.path("etc/kubernetes/pki/ca.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!ran.said.contains("PRIVATE KEY"), "{}", ran.said);

    let files = root.files();
    let ran = run(&root, &authority);
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert!(ran.said.contains("already"), "{}", ran.said);
    assert_eq!((root.calls(), root.files()), (CALL.repeat(2), files.clone()));

    // Of another authority: nothing is touched.
    let ran = run(&root, &Authority::generate().unwrap());
    assert_eq!((ran.code, ran.part()), (Some(1), "the authority"), "{}", ran.said);
    assert!(ran.said.contains("another authority: replace it"), "{}", ran.said);
    assert_eq!((root.calls(), root.files()), (CALL.repeat(2), files));
}

/// A further machine has the same files as the first.
#[test]
fn what_all_have_in_common() {
    if !Root::can_be_had() {
        return;
    }
    let (root, authority, shared) =
        (machine(), Authority::generate().unwrap(), Shared::generate().unwrap());
    let files = shared.files();
    let lines =
        files.clone().map(|(path, text)| format!("{path} {}\n", BASE64_STANDARD.encode(text)));
    let ran = with(&root, "join", &authority, &lines.concat());
    assert_eq!((ran.code, ran.part()), (Some(0), "kubeadm join"), "{}", ran.said);
    assert_eq!(root.calls(), "kubeadm join --config /etc/kubernetes/hopper-kubeadm.yaml\n");
    for (path, text) in files {
        assert_eq!(root.read(&format!("etc/kubernetes/pki/{path}")), text);
    }
    assert!(!ran.said.contains("PRIVATE KEY"), "{}", ran.said);
}

#[test]
fn half_of_what_it_reads_is_refused() {
    if !Root::can_be_had() {
        return;
    }
    let root = machine();
    let ran = root.run(CONTROL_PLANE, "init\nY2VydA==\nInput that was cut off");
    assert_eq!(ran.code, Some(1), "{}", ran.said);
    assert_eq!(root.calls(), "");
    assert!(!root.path("etc/kubernetes/pki").exists());
    let ran = root.run(CONTROL_PLANE, "init\nY2VydA==\na2V5\nY29uZmln\nsa.key a2V5\nsa.pu");
    assert_eq!(ran.code, Some(1), "{}", ran.said);
    assert!(ran.said.contains("cut off"), "{}", ran.said);
    assert_eq!(root.calls(), "");
}
