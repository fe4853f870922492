//! A world kept in a file.

use std::fs;

use hopper_mock::{Latencies, Mock, WorldFileError};

use crate::support::{accepted, seconds, vpc};

#[test]
fn a_world_goes_on_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let open = || Mock::builder().seed(7).file(&path).unwrap().build();

    let first = open();
    let id = vpc(&first, "10.0.0.0/16");
    first.advance(seconds(1));
    // The VPC becomes available by itself; the read that sees it makes it durable.
    accepted(&first, "DescribeVpcs", &[]);
    let world = first.world();
    drop(first);

    let second = open();
    assert_eq!(second.now(), world.now);
    assert_eq!(second.world().to_string(), world.to_string());
    assert_eq!(second.world().ec2.vpcs[&id].state, "available");
    assert_ne!(vpc(&second, "10.1.0.0/16"), id);
}

#[test]
fn the_file_is_whole_after_every_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let mock = Mock::builder().file(&path).unwrap().latencies(Latencies::instant()).build();
    for n in 0..5 {
        vpc(&mock, &format!("10.{n}.0.0/16"));
        let kept = Mock::builder().file(&path).unwrap().build();
        assert_eq!(kept.world().ec2.vpcs.len(), n + 1);
        assert!(mock.world().diff(&kept.world()).is_empty());
    }
    let files: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["world.json"]);
}

#[test]
fn what_came_about_since_the_last_call_is_kept_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let state = || {
        let kept = Mock::builder().copy_of(&path).unwrap().build();
        let world = kept.world();
        world.ec2.vpcs.values().next().map(|vpc| vpc.state.clone())
    };
    let later = |mock: &Mock| {
        mock.advance(seconds(1));
        assert_eq!(mock.world().ec2.vpcs.values().next().unwrap().state, "available");
    };
    let mock = Mock::builder().file(&path).unwrap().build();
    vpc(&mock, "10.0.0.0/16");
    let begun = fs::read(&path).unwrap();
    later(&mock);
    assert_eq!(state().as_deref(), Some("pending"));
    drop(mock);
    assert_eq!(state().as_deref(), Some("available"));

    // A copy leaves the file alone.
    fs::write(&path, &begun).unwrap();
    let copy = Mock::builder().copy_of(&path).unwrap().build();
    later(&copy);
    vpc(&copy, "10.1.0.0/16");
    drop(copy);
    assert_eq!(fs::read(&path).unwrap(), begun);

    // And who has been overtaken does too.
    let mock = Mock::builder().file(&path).unwrap().build();
    later(&mock);
    vpc(&Mock::builder().file(&path).unwrap().build(), "10.2.0.0/16");
    let theirs = fs::read(&path).unwrap();
    drop(mock);
    assert_eq!(fs::read(&path).unwrap(), theirs);
}

#[test]
fn an_edit_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let mock = Mock::builder().file(&path).unwrap().build();
    mock.edit(|world| "elsewhere-1".clone_into(&mut world.region));
    let kept = Mock::builder().file(&path).unwrap().build();
    assert_eq!(kept.world().region, "elsewhere-1");
}

#[test]
fn what_cannot_be_kept_has_not_happened() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let mock = Mock::builder().file(inner.join("world.json")).unwrap().build();
    fs::remove_dir_all(&inner).unwrap();
    let reply = mock.call("CreateVpc", &[("CidrBlock", "10.0.0.0/16")]);
    assert_eq!((reply.code(), reply.status), (Some("InternalError"), 500));
    assert!(mock.world().ec2.vpcs.is_empty());
    fs::create_dir(&inner).unwrap();
    vpc(&mock, "10.0.0.0/16");
    assert!(inner.join("world.json").exists());
}

#[test]
fn a_file_that_holds_something_else_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    for (text, expected) in [
        ("", "holds no world"),
        ("{\"format\": 1}", "holds no world"),
        ("{\"format\": 9, \"world\": {}}", "has format 9"),
    ] {
        fs::write(&path, text).unwrap();
        let error = Mock::builder().file(&path).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    let error = Mock::builder().file(folder.path()).unwrap_err();
    assert!(matches!(error, WorldFileError::Io { verb: "read", .. }));
}
