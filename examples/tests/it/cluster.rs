//! The whole cluster by the program: its image, up, check, down, and up again from the same image.

use crate::program::Program;

#[test]
fn comes_up_and_goes_and_its_image_stays_until_it_is_asked_to_go() {
    let program = Program::new();
    let up = program.done("up");
    assert!(up.stdout.contains("making the image hopper-node-1.36.3-"), "{}", up.stdout);
    assert!(up.last().starts_with("up: 60 steps done in "), "{}", up.last());
    let listed = program.done("image list").stdout;
    let image = listed.split_whitespace().next().unwrap();
    assert!(image.starts_with("hopper-node-1.36.3-") && listed.contains(" available "), "{listed}");
    assert_eq!(program.done("check").last(), "60 steps checked, all as recorded");

    let again = program.done("up");
    assert!(again.stdout.contains("is there: ami-"), "{}", again.stdout);
    let down = program.done("down");
    let kept = format!("kept the image {image} for the next cluster");
    assert!(down.last().starts_with(&kept), "{}", down.last());
    let left = program.leftovers();
    assert!(
        left.iter().all(|left| left.contains("image") || left.contains("snapshot")),
        "{left:?}"
    );

    let up = program.done("up");
    assert!(!up.stdout.contains("making the image"), "{}", up.stdout);
    let down = program.done("down --image");
    assert_eq!(down.last(), format!("removed the image {image}"));
    assert_eq!(program.leftovers(), [""; 0]);
    assert_eq!(program.done("image list").stdout, "");
}

#[test]
fn its_image_can_be_made_beforehand_and_removed() {
    let program = Program::new();
    let made = program.done("image make");
    assert!(made.last().starts_with("took down what was there for its sake"), "{}", made.last());
    let listed = program.done("image list").stdout;
    let image = listed.split_whitespace().next().unwrap();
    assert_eq!(program.run("image remove hopper-node-0").code, 2);
    let removed = program.done(&format!("image remove {image}"));
    assert_eq!(removed.last(), format!("removed the image {image}"));
    assert_eq!(program.leftovers(), [""; 0]);
}

/// The authority's key and the token are sealed in the journal, and nowhere else; the key that
/// seals them is the owner's alone.
#[test]
fn its_secrets_are_sealed() {
    use std::os::unix::fs::PermissionsExt as _;
    let program = Program::new();
    let up = program.done("up --format json");
    let journal = program.read("hopper.journal");
    for secret in ["PRIVATE KEY", "BEGIN CERTIFICATE", "caCertHash\\\":\\\"sha256"] {
        assert!(!journal.contains(secret) && !up.stdout.contains(secret), "{secret}");
    }
    let mode = std::fs::metadata(program.path("hopper.journal.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
