//! The plan is data: printed, drawn, compared, and refused with every mistake at once.

use crate::cloud::*;
use hopper_core::{Ledger, prelude::*, testing::Make};
use std::{collections::BTreeSet, time::Duration};

struct Network {
    subnet: Input<SubnetId>,
    gateway: GatewayRefs,
}

/// A fragment: it hands out a subnet that is ready, and nobody need know of routes.
fn network(w: &Workflow) -> Network {
    let net = w.scope("net");
    let vpc = net.step("vpc").does(Vpc { cidr: "10.0.0.0/16".into() });
    let gateway = net.step("gateway").does(Gateway { vpc: vpc.id() });
    let subnet = net.step("subnet").does(Subnet { vpc: vpc.id(), cidr: vpc.cidrs().at(0) });
    let route = net
        .step("route")
        .retry(Retry::times(2))
        .does(Route { subnet: subnet.clone(), gateway: gateway.id() });
    Network { subnet: subnet.once(&route), gateway }
}

fn recipe() -> Workflow {
    let w = Workflow::new("cluster \"blue\"");
    let image = w.step("image").does(Image { name: "debian-13".to_owned() });
    let Network { subnet, gateway } = network(&w);
    let host = w
        .step("host")
        .class("cloud-write")
        .timeout(Duration::from_secs(90))
        .undo_before(&gateway)
        .does(Instance {
            image,
            subnet,
            user_data: "#!/bin/sh\necho ${HOME}\n".into(),
            password: Secret::new("hunter2".to_owned()).into(),
            tags: [("zone".to_owned(), "a".into())].into(),
        });
    let page = text!("{}:{}", host.address(), host.ports().at(1));
    w.step("page").after(&gateway).does(Make::new(page));
    w
}

fn plan() -> Plan {
    recipe().plan().unwrap()
}

#[test]
fn display() {
    insta::assert_snapshot!(plan());
}

#[test]
fn json() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&plan()).unwrap());
}

#[test]
fn dot() {
    insta::assert_snapshot!(plan().to_dot());
}

#[test]
fn mermaid() {
    insta::assert_snapshot!(plan().to_mermaid());
}

#[test]
fn a_plan_has_the_same_bytes_every_time() {
    let bytes = || {
        let p = plan();
        let json = serde_json::to_string(&p).unwrap();
        [p.to_string(), json, p.to_dot(), p.to_mermaid(), p.fingerprint()]
    };
    let first = bytes();
    for _ in 0..9 {
        assert_eq!(bytes(), first);
    }
    let w = recipe();
    assert_eq!(w.plan().unwrap().to_string(), w.plan().unwrap().to_string(), "planned twice");
}

#[test]
fn waves_group_by_the_earliest_start() {
    assert_eq!(
        plan().waves(),
        [
            vec!["image", "net/vpc"],
            vec!["net/gateway", "net/subnet"],
            vec!["net/route"],
            vec!["host"],
            vec!["page"],
        ]
    );
    let empty = Workflow::new("empty").plan().unwrap();
    assert!(empty.waves().is_empty());
    assert_eq!(empty.to_string(), format!("empty: 0 steps, fingerprint {}\n", empty.fingerprint()));
}

#[test]
fn the_critical_path_is_the_longest_way_through() {
    let seconds = |of: &'static [(&str, u64)]| {
        move |n: &hopper_core::Node| {
            let found = of.iter().find(|(name, _)| *name == n.name());
            Duration::from_secs(found.map_or(1, |f| f.1))
        }
    };
    let critical = plan().critical_path(seconds(&[]));
    assert_eq!(critical.steps, ["net/vpc", "net/gateway", "net/route", "host", "page"]);
    assert_eq!(critical.length, Duration::from_secs(5));

    let critical = plan().critical_path(seconds(&[("net/subnet", 2)]));
    assert_eq!(critical.steps, ["net/vpc", "net/subnet", "net/route", "host", "page"]);

    let critical = plan().critical_path(seconds(&[("image", 60)]));
    assert_eq!(critical.steps, ["image", "host", "page"]);
    assert_eq!(critical.length, Duration::from_secs(62));

    let none = Workflow::new("empty").plan().unwrap().critical_path(seconds(&[]));
    assert_eq!((none.steps.len(), none.length), (0, Duration::ZERO));
}

/// Two steps, the second changed by `edit`.
fn edited(edit: impl FnOnce(&Workflow, Input<String>)) -> String {
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    edit(&w, a);
    w.plan().unwrap().fingerprint()
}

#[test]
fn the_fingerprint_changes_with_any_edit() {
    let other_workflow = Workflow::new("v");
    other_workflow.step("a").does(Make::new("a"));
    let edits = [
        other_workflow.plan().unwrap().fingerprint(),
        edited(|_, _| ()),
        edited(|w, _| _ = w.step("b").does(Make::new("b"))),
        edited(|w, _| _ = w.step("c").does(Make::new("b"))),
        edited(|w, _| _ = w.scope("b").step("b").does(Make::new("b"))),
        edited(|w, _| _ = w.step("b").does(Make::new("c"))),
        edited(|w, _| _ = w.step("b").does(Make::new("b").taking(Duration::from_secs(1)))),
        edited(|w, _| _ = w.step("b").does(Vpc { cidr: "b".into() })),
        edited(|w, _| _ = w.step("b").does(Image { name: "b".to_owned() })),
        edited(|w, a| _ = w.step("b").does(Make::new(a))),
        edited(|w, a| _ = w.step("b").does(Make::new(text!("{}.", a)))),
        edited(|w, _| _ = w.step("b").does(Make::new("${a}"))),
        edited(|w, _| _ = w.step("b").does(Make::new("$${a}"))),
        edited(|w, a| _ = w.step("b").after(&a).does(Make::new("${a}"))),
        edited(|w, a| _ = w.step("b").after(&a).does(Make::new("b"))),
        edited(|w, a| _ = w.step("b").undo_before(&a).does(Make::new("b"))),
        edited(|w, a| _ = w.step("b").undo_after(&a).does(Make::new("b"))),
        edited(|w, a| _ = w.step("b").after(&a).outlives(&a).does(Make::new("b"))),
        edited(|w, a| _ = w.step("b").does(Make::new(Input::from("b").once(&a)))),
        edited(|w, _| _ = w.step("b").retry(Retry::default()).does(Make::new("b"))),
        edited(|w, _| _ = w.step("b").retry(Retry::times(3)).does(Make::new("b"))),
        edited(|w, _| _ = w.step("b").timeout(Duration::from_secs(3)).does(Make::new("b"))),
        edited(|w, _| _ = w.step("b").class("b").does(Make::new("b"))),
        edited(|w, _| _ = w.step("b").class("c").does(Make::new("b"))),
    ];
    let different: BTreeSet<_> = edits.iter().collect();
    assert_eq!(different.len(), edits.len(), "{edits:?}");
    for fingerprint in edits {
        assert_eq!(fingerprint.len(), 16);
        assert!(fingerprint.chars().all(|c| c.is_ascii_hexdigit()));
    }
}

#[test]
fn a_circle_of_undo_edges_is_refused_with_its_place() {
    let w = Workflow::new("w");
    let a = w.step("a").does(Make::new("a"));
    let b = w.step("b").does(Make::new(a.clone()));
    w.step("other").undo_before(&b).does(Make::new("c"));
    assert!(w.plan().is_ok());
    let line = line!() + 1;
    w.step("c").undo_before(&b).undo_after(&a).does(Make::new("c"));
    let wrong = w.plan().unwrap_err();
    let expected = "step `c`: cannot be undone before itself: ";
    assert!(wrong.to_string().starts_with(expected), "{wrong}");
    assert!(wrong.to_string().ends_with(&format!("plan.rs:{line})")), "{wrong}");
    for edge in ["a before c", "c before b", "b before a"] {
        assert!(wrong.to_string().contains(edge), "{wrong}");
    }
}

#[test]
fn the_fingerprint_knows_neither_places_nor_secrets() {
    assert_eq!(
        edited(|w, _| _ = w.step("b").does(Make::new("b"))),
        edited(|w, _| _ = w.step("b").does(Make::new("b")))
    );
    let with = |password: &str| {
        let w = Workflow::new("w");
        w.step("host").does(Instance {
            image: "i".into(),
            subnet: "s".into(),
            user_data: "".into(),
            password: Secret::new(password.to_owned()).into(),
            tags: [].into(),
        });
        w.plan().unwrap().fingerprint()
    };
    assert_eq!(with("a"), with("b"));
}

#[test]
fn an_input_nested_too_deeply_to_be_read_still_counts() {
    let deep = |leaf: &str| {
        #[derive(serde::Serialize, serde::Deserialize)]
        enum Nest {
            Leaf(String),
            Nest(Box<Nest>),
        }
        let nest = (0..200).fold(Nest::Leaf(leaf.to_owned()), |n, _| Nest::Nest(n.into()));
        #[derive(serde::Serialize, serde::Deserialize)]
        struct Deep(Nest);
        impl Lookup for Deep {
            const KIND: &'static str = "test.deep";
            type Env = ();
            type Output = ();
            async fn look_up(&self, _: &(), _: &Cx) -> Result<(), StepError> {
                Ok(())
            }
        }
        let w = Workflow::new("w");
        w.step("deep").does(Deep(nest));
        let plan = w.plan().unwrap();
        assert!(plan.to_string().contains(leaf));
        plan.fingerprint()
    };
    assert_ne!(deep("one"), deep("other"));
}

/// A helper of the recipe: the mistake is its caller's.
#[track_caller]
fn helper(w: &Workflow, name: &str) -> VpcRefs {
    w.step(name).does(Vpc { cidr: "10.0.0.0/16".into() })
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let short: Input<Vec<String>> = vec!["only".to_owned()].into();
    let other = Workflow::new("other");
    let (foreign_line, foreign) = (line!(), helper(&other, "foreign"));

    let w = Workflow::new("wrong");
    let (l1, _) = (line!(), w.step("vpc").does(Make::new("first")));
    let (l2, _) = (line!(), w.step("vpc").does(Make::new("second")));
    let (l3, _) = (line!(), w.scope("a b").step("c").does(Make::new("x")));
    let (l4, _) = (line!(), w.step("").does(Make::new("x")));
    let (l5, _) = (line!(), w.step("net//vpc").does(Make::new("x")));
    let (l6, _) = (line!(), w.step("short").does(Make::new(short.at(1))));
    let (l7, _) =
        (line!(), w.step("text").does(Make::new(text!("{}, {}", short.at(0), short.at(2)))));
    let (l8, _) = (line!(), w.step("data").does(Gateway { vpc: foreign.id() }));
    let both = text!("{} {}", foreign.id(), foreign.cidrs().at(0)).once(&foreign);
    let (l9, _) =
        (line!(), w.step("edges").after(&foreign).undo_before(&foreign).does(Make::new(both)));
    let (l10, _) = (line!(), helper(&w, "vpc"));

    let here = file!();
    let legal = "a name is made of letters, digits, `-`, `_`, `.` and `/`";
    let before = format!("added before, at {here}:{l1}");
    let belongs = format!(
        "`foreign` belongs to another workflow, where it was added at {here}:{foreign_line}"
    );
    let expected = [
        ("vpc", &*before, l2),
        ("a b/c", legal, l3),
        ("", legal, l4),
        ("net//vpc", legal, l5),
        ("short", "a list has no element 1: it is too short", l6),
        ("text", "a list has no element 2: it is too short", l7),
        ("data", &belongs, l8),
        ("edges", &belongs, l9),
        ("vpc", &before, l10),
    ];
    let errors = w.plan().unwrap_err();
    let found: Vec<_> =
        errors.0.iter().map(|e| (e.step.as_str(), e.problem.as_str(), e.at.line())).collect();
    assert_eq!(found, expected);
    assert!(errors.0.iter().all(|e| e.at.file() == here));

    let shown = errors.to_string();
    assert_eq!(shown.lines().count(), expected.len());
    assert!(shown.starts_with(&format!("step `vpc`: {before} ({here}:{l2})\n")), "{shown}");
}

#[test]
fn a_mistake_made_does_not_spoil_the_next_recipe() {
    let short: Input<Vec<String>> = vec![].into();
    let w = Workflow::new("wrong");
    w.step("short").does(Make::new(short.at(0)));
    assert!(w.plan().is_err());
    assert!(serde_json::to_string(&Secret::new("hunter2")).unwrap().contains("<secret>"));
    assert_eq!(plan().to_string(), plan().to_string());
}

#[test]
fn a_hundred_thousand_steps_are_planned_without_recursion() {
    const N: usize = 100_000;
    let w = Workflow::new("chain");
    let mut last = w.step("s0").does(Make::new("first"));
    for i in 1..N {
        last = w.step(format_args!("s{i}")).does(Make::new(text!("after {}", last)));
    }
    let plan = w.plan().unwrap();
    assert_eq!(plan.waves().len(), N);
    let critical = plan.critical_path(|_| Duration::from_secs(1));
    assert_eq!((critical.steps.len(), critical.length.as_secs()), (N, N as u64));
    assert_eq!(plan.to_dot().lines().count(), 3 + N + (N - 1) + 1);
    assert_eq!(plan.to_mermaid().lines().count(), 1 + N + (N - 1));
    assert_eq!(plan.fingerprint().len(), 16);
}

#[test]
fn the_text_of_a_plan_grows_as_its_steps() {
    let shown = |n: usize| {
        let w = Workflow::new("fan");
        let root = w.step("root").does(Make::new("root"));
        for i in 0..n {
            w.step(format_args!("leaf-{i:06}")).after(&root).does(Make::new(text!("of {}", root)));
        }
        w.plan().unwrap().to_string().len()
    };
    let (small, large) = (shown(1_000), shown(10_000));
    assert!(large < 11 * small, "{small} {large}");
}

/// What a look ahead sees: what is written, and whose output the rest will be.
#[test]
fn a_draft_knows_what_is_written() {
    let plan = plan();
    let node = |name: &str| plan.nodes().iter().find(|node| node.name() == name).unwrap();
    let nothing = Ledger::default();
    let (vpc, draft) = node("net/vpc").draft::<Vpc>(&nothing).unwrap();
    assert_eq!(
        (draft.get(&vpc.cidr).unwrap().as_str(), draft.source(&vpc.cidr)),
        ("10.0.0.0/16", None)
    );
    let (subnet, draft) = node("net/subnet").draft::<Subnet>(&nothing).unwrap();
    assert_eq!(draft.get(&subnet.vpc).map(|_| ()), None);
    assert_eq!(draft.source(&subnet.vpc), Some("net/vpc"));
    let (host, draft) = node("host").draft::<Instance>(&nothing).unwrap();
    assert_eq!(draft.source(&host.subnet), Some("net/subnet"));
    assert_eq!(draft.get(&host.tags["zone"]).unwrap(), "a");
    assert_eq!(draft.get(&host.password).unwrap().expose().unwrap(), "hunter2");
    let wrong = node("host").draft::<Vpc>(&nothing).map(drop).unwrap_err();
    assert!(wrong.contains("not"), "{wrong}");
}
