//! A whole cluster of steps inside machines: baked by scripts, made by kubeadm, with its add-ons,
//! a worker and a page that answers.

use crate::inside::{Site, reached};
use hopper_aws::{
    InstanceProfileName, PolicyDocument, SecurityGroupId, Tags,
    ec2::{
        Direction, Instance, InstanceRefs, Peer, Permission, Protocol, SecurityGroup,
        SecurityGroupRule, SecurityGroupRuleRefs,
    },
    iam::{InstanceProfile, Role, RolePolicy},
    recipes::kubernetes_leftovers,
    testing::{Stage, crash_somewhere},
};
use hopper_core::{
    Done, Input, MemoryJournal, OnFailure, Outcome, SealingKey, Workflow,
    testing::{Lab as _, on_paused_time},
    text,
};
use hopper_kubernetes::{
    Way,
    api::Access,
    steps::{
        Authority, HttpAnswer, Init, JoinData, NodesReady, Objects, OnUndo, Rollout, Script,
        ServiceAddress, Workload,
    },
};
use std::time::Duration;
use tokio::time::timeout;

/// What a node needs, as today's list has it, without what only saves time.
const BAKE: &str = include_str!("cluster/bake.sh");
const JOIN: &str = include_str!("cluster/join.sh");
const NETWORK: &str = include_str!("cluster/network.yaml");
const CLOUD_CONTROLLER: &str = include_str!("cluster/cloud-controller.yaml");
const DEMO: &str = include_str!("cluster/demo.yaml");
const WITHIN: Duration = Duration::from_secs(300);

/// What only a machine that starts again needs.
const SPARE: [&str; 1] = ["printf 'overlay\\nbr_netfilter\\n' >/etc/modules-load.d/k8s.conf"];

fn owned() -> Tags {
    Tags::new().with("kubernetes.io/cluster/lab", "owned")
}

/// What the machines may do.
fn profile(w: &Workflow) -> Input<InstanceProfileName> {
    let role = w.step("role").does(Role {
        name: "lab".to_owned(),
        path: None,
        trust_policy: PolicyDocument::assumed_by("ec2.amazonaws.com").into(),
        description: String::new(),
        tags: Tags::new(),
    });
    let document: PolicyDocument = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": ["ec2:*", "elasticloadbalancing:*", "ecr:*"], "Resource": "*"}]}"#
        .parse()
        .unwrap();
    let name = "all".to_owned();
    let policy =
        w.step("policy").does(RolePolicy { role: role.name(), name, document: document.into() });
    let profile = w.step("profile").does(InstanceProfile {
        name: "lab".to_owned(),
        path: None,
        role: role.name(),
        tags: Tags::new(),
    });
    profile.name().once(&policy)
}

struct Machines<'a> {
    w: &'a Workflow,
    bake: &'a str,
    site: &'a Site,
    group: Input<SecurityGroupId>,
    profile: Input<InstanceProfileName>,
    balancers: Done,
    leftovers: Done,
}

impl Machines<'_> {
    /// A machine that was baked.
    fn baked(&self, name: &str) -> (InstanceRefs, Way) {
        let w = self.w;
        let slot = w.step(name).undo_after(&self.balancers).undo_before(&self.leftovers);
        let slot = slot.undo_before(&self.profile);
        let instance = slot.does(Instance {
            security_groups: vec![self.group.clone()],
            key_name: self.site.key.clone().into(),
            profile: Some(self.profile.clone()),
            tags: owned(),
            ..Instance::new(self.site.image.clone(), "t3.medium", &self.site.network.private_subnet)
        });
        let way = self.site.way.on_to(format!("lab/{name}"), instance.private_ip());
        let way = reached(w, name, way);
        let bake = Script { way: way.clone(), text: self.bake.into(), input: None };
        let baked = w.step(format!("{name}-bake")).does(bake);
        let host_keys = way.host_keys.clone().once(&baked);
        (instance, way.pinned(host_keys))
    }
}

fn allow(
    w: &Workflow,
    name: &str,
    into: &Input<SecurityGroupId>,
    peer: Peer,
    protocol: Protocol,
) -> SecurityGroupRuleRefs {
    let permission =
        Permission { direction: Direction::Ingress, protocol, peer, description: String::new() };
    let rule = SecurityGroupRule { group: into.clone(), permission, tags: Tags::new() };
    w.step(name).does(rule)
}

fn recipe(w: &Workflow) {
    with(w, BAKE, true);
}

/// The cluster, with machines that are baked so, and with or without the rule that lets them talk.
fn with(w: &Workflow, bake: &str, is_open: bool) {
    let site = Site::new(w);
    let kubernetes = kubernetes_leftovers(&w.scope("kubernetes"), "lab", &site.network, false);
    let group = w.step("nodes").undo_after(&kubernetes.leftovers).does(SecurityGroup {
        name: "nodes".to_owned(),
        description: "nodes".to_owned(),
        vpc: site.network.vpc.clone(),
        tags: owned(),
    });
    let bastion = Peer::Group(site.bastion.security_group.clone());
    let ssh = allow(w, "ssh", &group.id(), bastion, Protocol::tcp(22));
    let inner = match is_open {
        true => Protocol::All,
        false => Protocol::tcp(9999),
    };
    let inner = allow(w, "inner", &group.id(), Peer::Group(group.id()), inner);
    let machines = Machines {
        w,
        bake,
        site: &site,
        group: group.id().once(&ssh).once(&inner),
        profile: profile(&w.scope("identity")),
        balancers: kubernetes.load_balancers,
        leftovers: kubernetes.leftovers,
    };
    let (master, way) = machines.baked("master");

    let authority = w.step("authority").does(Authority {});
    let join = w
        .step("join")
        .does(JoinData { hash: authority.hash(), endpoint: text!("{}:6443", master.private_ip()) });
    let init = w.step("init").does(Init {
        way: way.clone(),
        cluster: "lab".to_owned(),
        version: "v1.36.3".to_owned(),
        certificate: authority.certificate(),
        key: authority.key(),
        token: join.token(),
        token_ttl: "2h0m0s".to_owned(),
        address: master.private_ip(),
        node_name: master.private_dns(),
        provider_id: text!("aws:///eu-west-1a/{}", master.id()),
        max_pods: 17,
        service_subnet: "10.96.0.0/12".to_owned(),
    });
    let host_keys = way.host_keys.clone().once(&init);
    let access = Access { way: way.pinned(host_keys) };
    let on_undo = OnUndo::Leave;
    let objects = |name: &str, text: &str, access: &Access| {
        let (access, manifest) = (access.clone(), text.into());
        w.step(name).does(Objects { access, manifest, on_undo })
    };
    let network = objects("network-objects", NETWORK, &access);
    let ready = |count, uninitialized, access: &Access| NodesReady {
        access: access.clone(),
        selector: String::new(),
        count,
        uninitialized,
        within: WITHIN,
    };
    let networked = w.step("networked").after(&network).does(ready(1, true, &access));
    let controller = objects("cloud-controller", CLOUD_CONTROLLER, &access);
    let up = w.step("up").after(&networked).after(&controller).does(ready(1, false, &access));
    w.step("dns").after(&up).does(Rollout {
        access: access.clone(),
        of: Workload::Deployment("coredns".to_owned()),
        namespace: "kube-system".to_owned(),
        within: WITHIN,
    });

    let (_, worker) = machines.baked("worker");
    let input = Some(join.json().once(&init));
    let joined = w.step("worker-join").does(Script { way: worker, text: JOIN.into(), input });
    let all = w.step("all").after(&joined).after(&up).does(ready(2, false, &access));

    let slot = w.step("demo").after(&all).undo_before(&machines.balancers);
    let demo = slot
        .undo_before(&site.network.private_subnet)
        .undo_before(&site.network.public_subnet)
        .undo_before(&site.bastion.public_ip)
        .undo_before(&machines.group)
        .does(Objects { access: access.clone(), manifest: DEMO.into(), on_undo: OnUndo::Delete });
    let address = w.step("address").after(&demo).does(ServiceAddress {
        access,
        namespace: "default".to_owned(),
        name: "demo".to_owned(),
        within: WITHIN,
    });
    w.step("answer").does(HttpAnswer {
        host: address.hostname(),
        port: 80,
        path: "/".to_owned(),
        within: WITHIN,
    });
}

#[test]
fn it_comes_up_answers_and_goes() {
    Stage::new(recipe).up_and_down(async |mock, engine, report| {
        let answer = crate::ground::output(report, "answer", "url");
        assert!(answer.contains(".elb.amazonaws.com/"), "{answer}");
        assert_eq!(engine.check().await.unwrap(), []);
        assert_eq!(mock.world().elb.load_balancers.len(), 1);
    });
}

/// Each line of the bake is needed: without it the run fails, says where, and leaves nothing.
#[test]
fn whatever_the_bake_lacks_is_told() {
    let is_idle =
        |line: &str| ["#", "set ", "[ ", "echo '==>"].iter().any(|start| line.starts_with(start));
    for lacking in BAKE.lines().filter(|line| !is_idle(line)) {
        let bake: String =
            BAKE.lines().filter(|line| *line != lacking).map(|line| format!("{line}\n")).collect();
        let run = Stage::new(move |w| with(w, &bake, true)).up();
        let is_spare = SPARE.contains(&lacking);
        let outcome = if is_spare { Outcome::Done } else { Outcome::Undone };
        assert_eq!(run.report().outcome, outcome, "{lacking}\n{}", run.report());
        if is_spare {
            continue;
        }
        let (step, error) = &run.report().errors[0];
        let at = ["master-bake", "worker-bake", "init", "networked"];
        assert!(at.contains(&&**step), "{lacking}: {step}: {error}");
        run.later(Duration::from_secs(2 * 3600));
        assert!(run.mock().world().leftovers().is_empty(), "{lacking}");
    }
}

#[test]
fn a_rule_that_is_missing_is_told() {
    let run = Stage::new(|w| with(w, BAKE, false)).up();
    assert_eq!(run.report().outcome, Outcome::Undone, "{}", run.report());
    let error = run.report().errors[0].1.to_string();
    assert!(error.contains("in `kubeadm join`"), "{error}");
    run.later(Duration::from_secs(2 * 3600));
    assert!(run.mock().world().leftovers().is_empty());
}

#[test]
fn the_process_may_die() {
    let crashes = crash_somewhere(&Stage::new(recipe), 30, 1);
    assert_eq!((crashes.duplicates, crashes.orphans, crashes.wrong.len()), (0, 0, 0), "{crashes}");
}

/// The API is gone with the machine, and what the cluster made for its Service is swept up.
#[test]
fn a_control_plane_that_died_keeps_nothing() {
    let run = Stage::new(recipe).up();
    let id = crate::ground::output(run.report(), "master", "id");
    crate::ground::stranger(run.mock(), "TerminateInstances", "", &[("InstanceId.1", &id)]);
    run.later(Duration::from_secs(300));
    assert_eq!(run.down().outcome, Outcome::Undone);
    run.later(Duration::from_secs(2 * 3600));
    assert!(run.mock().world().leftovers().is_empty());
}

/// Without a key the journal withholds secrets: another authority is made, and is not taken for
/// the one that the machine has.
#[test]
fn another_authority_is_told() {
    let stage = Stage::new(recipe)
        .given(|mock| mock.fail_program("kubeadm join").exits(1, "no luck"))
        .with_engine(|engine| engine.on_failure(OnFailure::Keep));
    let mut run = stage.up();
    assert_eq!(run.report().outcome, Outcome::Kept, "{}", run.report());
    let error = run.resume().errors[0].1.to_string();
    assert!(error.contains("one of a control plane with another authority"), "{error}");
    assert_eq!(run.down().outcome, Outcome::Undone);
}

/// The process dies while it waits for machines, scripts, kubeadm, nodes, the load balancer and the
/// page, of which AWS knows nothing, and is gone on with, or undone.
#[test]
fn the_process_may_die_inside_the_machines() {
    let key = || SealingKey::new([7; 32]);
    let stage = Stage::new(recipe).with_engine(move |engine| engine.seal(key()));
    let plan = stage.plan();
    for seconds in [20, 125, 150, 200, 253, 256, 270, 281, 290, 320] {
        for goes_on in [true, false] {
            let (mock, journal) = (stage.world(), MemoryJournal::default());
            on_paused_time(async {
                let engine = stage.engine(&mock, journal.clone());
                let died = timeout(Duration::from_secs(seconds), engine.run(&plan)).await;
                assert!(died.is_err(), "{seconds}: {died:?}");
                let journal = journal.fork(journal.len()); // what the next process finds
                if goes_on {
                    let report = stage.engine(&mock, journal.clone()).run(&plan).await.unwrap();
                    assert_eq!(report.outcome, Outcome::Done, "{seconds}: {report}");
                }
                let report = stage.engine(&mock, journal.clone()).undo().await.unwrap();
                assert_eq!(report.outcome, Outcome::Undone, "{seconds}: {report}");
            });
            assert_eq!(stage.leftovers(&mock), [""; 0], "{seconds}");
        }
    }
}
