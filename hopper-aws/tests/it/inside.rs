//! Steps inside machines: a host behind a bastion, reached and worked on.

use hopper_aws::{
    Cidr, ImageId, PublicKey, Tags,
    ec2::{Direction, Instance, KeyPair, LatestImage, NewestBy, Peer, Permission, Protocol},
    ec2::{SecurityGroup, SecurityGroupRule},
    recipes::{Bastion, Network, bastion, network},
    settings::{BastionSettings, NetworkSettings},
    testing::{OPERATOR, Stage, crash_somewhere, operator_public_key},
};
use hopper_core::{
    Engine, Event, Input, MemoryJournal, Outcome, Report, Secret, Workflow,
    testing::{Lab as _, on_paused_time},
};
use hopper_kubernetes::{
    Way,
    steps::{Reached, Script},
};
use hopper_mock::Mock;
use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

const SECRET: &str = "a-secret-that-nobody-may-see";

/// A network with a bastion that was reached.
pub(crate) struct Site {
    pub(crate) network: Network,
    pub(crate) bastion: Bastion,
    pub(crate) way: Way,
    pub(crate) image: Input<ImageId>,
    pub(crate) key: Input<String>,
}

impl Site {
    pub(crate) fn new(w: &Workflow) -> Self {
        let tags = Tags::new();
        let network = network(&w.scope("network"), "lab", &NetworkSettings::default(), &tags);
        let public_key: PublicKey = operator_public_key().parse().unwrap();
        let key = w.step("key").does(KeyPair {
            name: "operator".to_owned(),
            public_key: public_key.into(),
            tags: tags.clone(),
        });
        let image = w.step("ubuntu").does(LatestImage {
            owners: vec!["099720109477".to_owned()],
            name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*".to_owned(),
            architecture: "x86_64".to_owned(),
            root_device_type: "ebs".to_owned(),
            newest_by: NewestBy::Name,
        });
        let ssh_from = format!("{OPERATOR}/32").parse::<Cidr>().unwrap();
        let settings = BastionSettings { ssh_from, ..BastionSettings::default() };
        let bastion =
            bastion(&w.scope("bastion"), &network, image.id(), key.name(), &settings, &tags);
        let way = reached(w, "bastion", Way::to("lab/bastion", &bastion.public_ip));
        Self { network, bastion, way, image: image.id(), key: key.name() }
    }

    /// One more host, which only the bastion reaches.
    fn host(&self, w: &Workflow) -> Way {
        let address = host(w, &self.network, &self.bastion, &self.image, &self.key);
        reached(w, "host", self.way.on_to("lab/host", address))
    }
}

pub(crate) fn reached(w: &Workflow, name: &str, way: Way) -> Way {
    let reached = w.step(format!("{name}-reached")).does(Reached { way: way.clone() });
    way.pinned(reached.host_keys())
}

fn host(
    w: &Workflow,
    network: &Network,
    bastion: &Bastion,
    image: &Input<ImageId>,
    key: &Input<String>,
) -> Input<Ipv4Addr> {
    let group = w.step("group").does(SecurityGroup {
        name: "private".to_owned(),
        description: "reached from the bastion".to_owned(),
        vpc: network.vpc.clone(),
        tags: Tags::new(),
    });
    let ssh = w.step("ssh").does(SecurityGroupRule {
        group: group.id(),
        permission: Permission {
            direction: Direction::Ingress,
            protocol: Protocol::tcp(22),
            peer: Peer::Group(bastion.security_group.clone()),
            description: String::new(),
        },
        tags: Tags::new(),
    });
    let instance = w.step("instance").does(Instance {
        security_groups: vec![group.id()],
        key_name: key.clone().into(),
        ..Instance::new(image.clone(), "t3.medium", &network.private_subnet)
    });
    instance.private_ip().once(&ssh)
}

/// Writes a file with a secret in it, on the host.
fn recipe(w: &Workflow) {
    let way = Site::new(w).host(w);
    w.step("script").does(Script {
        way,
        text: "echo '==> a file'\numask 077\ncat >secret\nwc -c <secret\n".into(),
        input: Some(Secret::new(SECRET.to_owned()).into()),
    });
}

#[test]
fn a_script_runs_on_a_host_behind_a_bastion() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        let id = crate::ground::output(report, "instance", "id");
        let said = mock.transcript(&id).to_string();
        assert!(said.contains("wc -c"), "{said}");
        assert_eq!(engine.check().await.unwrap(), []);
    });
}

/// Runs a script on the host.
fn script(text: &'static str) -> Stage {
    Stage::new(move |w| {
        let way = Site::new(w).host(w);
        w.step("script").does(Script { way, text: text.into(), input: None });
    })
}

/// Plays a recipe while something happens beside it, and undoes it.
fn beside(stage: &Stage, happens: impl AsyncFnOnce(&Mock)) -> (Report, Mock, Vec<String>) {
    let mock = stage.world();
    let said = Arc::new(Mutex::new(Vec::new()));
    let report = on_paused_time(async {
        let said = said.clone();
        let hear = move |_: Duration, event: &Event| said.lock().unwrap().push(event.to_string());
        let engine: Engine = stage.engine(&mock, MemoryJournal::default()).observe(hear);
        let plan = stage.plan();
        let (report, ()) = tokio::join!(engine.run(&plan), happens(&mock));
        let report = report.unwrap();
        engine.undo().await.unwrap();
        report
    });
    assert_eq!(stage.leftovers(&mock), [""; 0]);
    let said = said.lock().unwrap().clone();
    (report, mock, said)
}

#[test]
fn everything_is_endured() {
    Stage::new(recipe).endure();
}

#[test]
fn the_process_may_die_at_any_call() {
    let crashes = crash_somewhere(&Stage::new(recipe), 6, 1);
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}

#[test]
fn what_a_script_says_is_told_and_where_it_failed() {
    let stage = script("echo '==> packages'\necho no such package\nexit 100\n");
    let (report, _, said) = beside(&stage, async |_| ());
    assert_eq!(report.outcome, Outcome::Undone);
    let error = report.errors[0].1.to_string();
    let told =
        "the script on lab/host exited with 100 in `packages`\n  | ==> packages\n  | no such";
    assert!(error.contains(told), "{error}");
    assert!(said.contains(&"script: no such package".to_owned()), "{said:?}");
}

#[test]
fn a_connection_that_is_cut_does_not_repeat_a_script() {
    let stage = script("date >>runs\nsleep 60\nwc -l <runs\n");
    let (report, _, said) = beside(&stage, async |mock| {
        // In the middle of the script, whenever that is.
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_secs(10)).await;
            let ids: Vec<String> = mock.world().ec2.instances.keys().cloned().collect();
            ids.iter().for_each(|id| mock.cut_connections(id));
        }
    });
    assert_eq!(report.outcome, Outcome::Done, "{report}");
    assert!(said.contains(&"script: 1".to_owned()), "{said:?}");
}

#[test]
fn a_host_that_shows_another_key_is_refused() {
    let stage = script("sleep 600\n");
    let (report, _, _) = beside(&stage, async |mock| {
        tokio::time::sleep(Duration::from_secs(300)).await;
        let ids: Vec<String> = mock.world().ec2.instances.keys().cloned().collect();
        for id in &ids {
            mock.change_host_key(id);
            mock.cut_connections(id);
        }
    });
    assert_eq!(report.outcome, Outcome::Undone, "{report}");
    let error = report.errors[0].1.to_string();
    assert!(error.contains("its host key is SHA256:"), "{error}");
}

#[test]
fn what_a_script_is_given_to_read_is_told_nowhere() {
    let stage = Stage::new(|w| {
        let way = Site::new(w).host(w);
        let input = Some(Secret::new(SECRET.to_owned()).into());
        w.step("script").does(Script { way, text: "cat\nexit 3\n".into(), input });
    });
    let (report, _, said) = beside(&stage, async |_| ());
    assert!(said.contains(&"script: <secret>".to_owned()), "{said:?}");
    assert!(!said.join("\n").contains(SECRET), "{said:?}");
    let told = report.to_string();
    assert!(told.contains("| <secret>") && !told.contains(SECRET), "{told}");
}
