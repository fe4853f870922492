//! Working with a cluster that runs: into its machines, to its API, over the night.

use crate::program::Program;

#[test]
fn a_cluster_is_worked_with_over_the_night_and_goes_whole() {
    let program = Program::new();
    program.done("up");
    let hostname = program.done("ssh bastion -- hostname").stdout;
    assert!(hostname.starts_with("ip-10-0-"), "{hostname}");
    let exited = program.run("ssh master -- echo hi; exit 3");
    assert_eq!((exited.code, &*exited.stdout), (3, "hi\n"), "{exited:?}");
    let unknown = program.run("ssh nobody -- id");
    assert!(unknown.code == 2 && unknown.stderr.contains("bastion, master, i-"), "{unknown:?}");
    let worker = unknown.stderr.trim().rsplit(' ').next().unwrap().to_owned();
    let hostname = program.done(&format!("ssh {worker} -- hostname")).stdout;
    assert!(hostname.starts_with("ip-10-0-"), "{hostname}");
    assert_eq!(program.run("ssh bastion").code, 2, "there is no terminal");

    let renewed = program.done("renew --ttl 5");
    assert!(renewed.last().ends_with("as /hopper/hopper/join says"), "{renewed:?}");
    assert!(program.done("check").last().ends_with("all as recorded"));

    let stopped = program.done("stop");
    assert!(stopped.stdout.contains("a NAT gateway"), "{stopped:?}");
    assert!(!stopped.stdout.contains("t3.medium"), "{stopped:?}");
    assert!(program.done("check").last().ends_with("all as recorded"));
    program.done("stop");
    let started = program.done("start");
    assert!(started.last().starts_with("started in "), "{started:?}");
    assert!(program.done("check").last().ends_with("all as recorded"));
    // Its bastion has another address now.
    program.done("ssh master -- true");
    program.done("down --image");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn a_control_plane_of_three_is_worked_with_over_the_night() {
    let program = Program::new();
    let config = program.path("three.toml");
    std::fs::write(&config, "control_plane_nodes = 3\n").unwrap();
    program.done(&format!("up --config {}", config.display()));
    let names = ["master", "control-plane-2", "control-plane-3"]
        .map(|node| program.done(&format!("ssh {node} -- hostname")).stdout);
    assert!(names[0] != names[1] && names[1] != names[2] && names[0] != names[2], "{names:?}");
    let stopped = program.done("stop").stdout;
    assert!(stopped.contains("a network load balancer"), "{stopped}");
    program.done("start");
    assert!(program.done("check").last().ends_with("all as recorded"));
    program.done("down --image");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn a_stopped_cluster_is_taken_down_whole() {
    let program = Program::new();
    program.done("up");
    program.done("stop");
    program.done("down --image");
    assert_eq!(program.leftovers(), [""; 0]);
}

#[test]
fn what_it_costs_is_said_with_a_date() {
    let program = Program::new();
    let cost = program.done("cost --recipe chapter-machines").stdout;
    assert!(cost.contains("a NAT gateway") && cost.contains("prices of 20"), "{cost}");
    let elsewhere = program.run("cost --region mars-1");
    assert!(elsewhere.code == 2 && elsewhere.stderr.contains("--prices"), "{elsewhere:?}");
}
