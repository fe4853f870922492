//! What is secret of the chapter is seen in the workers' user data, as in the book, and nowhere
//! else.

use super::{chapter_of, simulated, whole};
use crate::seen::{assert_no_secret, seen};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_aws::settings::ChapterSettings;
use hopper_core::Outcome;

#[test]
fn nobody_sees_them() {
    assert_no_secret(&seen(&whole()).0);
}

#[test]
fn the_token_is_in_user_data() {
    let run = whole().up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let world = run.mock().world();
    let mut data = world.ec2.instances.values().filter_map(|one| one.user_data.as_ref());
    let script = BASE64_STANDARD.decode(data.next().unwrap()).unwrap();
    let script = String::from_utf8(script).unwrap();
    assert!(script.contains("kubeadm join --token "), "{script}");
    run.down();
}

/// The workstation's kubeconfig has the cluster while it is there, as kubeadm has made it.
#[test]
fn the_workstation_knows_it_while_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let mut settings: ChapterSettings = simulated();
    settings.kubernetes.kubeconfig = Some(path.clone());
    let run = chapter_of(&settings).up();
    assert_eq!(run.report().outcome, Outcome::Done, "{}", run.report());
    let text = std::fs::read_to_string(&path).unwrap();
    for told in ["https://127.0.0.1:6443", "client-key-data", "current-context: hopper"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert_eq!(run.down().outcome, Outcome::Undone);
    assert!(!path.exists());
}
