//! [`plan`]: the order in which strays can go.

use super::{Stray, swept::Swept};
use hopper_core::{Plan, PlanErrors, Refs, Workflow};
use std::collections::BTreeMap;

/// What goes when: each kind once all of the kinds before it are gone.
///
/// Load balancers while their controller lives; machines and gateways before the addresses,
/// groups and subnets they use; rules before the groups they name.
const ORDER: [&[&str]; 6] = [
    &[LOAD_BALANCERS, "aws.elbv2.network_load_balancer"],
    &["aws.autoscaling.auto_scaling_group", "aws.ec2.instance", "aws.ec2.nat_gateway"],
    &[
        "aws.autoscaling.launch_configuration",
        "aws.ec2.address",
        "aws.ec2.image",
        "aws.ec2.key_pair",
        "aws.ec2.launch_template",
        "aws.ec2.network_interface",
        "aws.ec2.volume",
        "aws.elbv2.target_group",
        "aws.iam.instance_profile",
        "aws.ssm.secure_parameter",
        LEFTOVERS,
    ],
    &[
        "aws.ec2.internet_gateway",
        "aws.ec2.route_table",
        "aws.ec2.security_group_rule",
        "aws.ec2.snapshot",
        "aws.iam.role",
    ],
    &["aws.ec2.security_group", "aws.ec2.subnet"],
    &["aws.ec2.vpc"],
];

/// What Kubernetes has made in a VPC: load balancers, and what is left when the machines are gone.
pub(super) const LOAD_BALANCERS: &str = "aws.kubernetes.load_balancers";
pub(super) const LEFTOVERS: &str = "aws.kubernetes.leftovers";

/// A plan whose steps remove these strays, and what Kubernetes has made in a VPC among them; what
/// it has stored in volumes stays.
///
/// Run it with [`OnFailure::Keep`](hopper_core::OnFailure::Keep): nothing of it can be undone.
/// Each step looks once more before it acts, and leaves what does not carry the mark of the
/// stray's run any more. What cannot go keeps what has to go later, of the same run.
///
/// # Errors
///
/// When two strays have the same kind and id.
pub fn plan(strays: &[Stray]) -> Result<Plan, PlanErrors> {
    let w = Workflow::new("sweep");
    let mut runs: BTreeMap<&str, Vec<Swept>> = BTreeMap::new();
    for stray in strays {
        let swept = runs.entry(&stray.run).or_default();
        let of = |kind: &str, cluster: Option<&String>| Swept {
            kind: kind.to_owned(),
            id: stray.id.clone(),
            run: stray.run.clone(),
            cluster: cluster.cloned(),
        };
        swept.push(of(&stray.kind, None));
        if stray.kind == "aws.ec2.vpc" {
            let kubernetes =
                |cluster| [LOAD_BALANCERS, LEFTOVERS].map(|kind| of(kind, Some(cluster)));
            swept.extend(stray.clusters.iter().flat_map(kubernetes));
        }
    }
    for (run, mut swept) in runs {
        let mut before = Vec::new();
        for kinds in ORDER {
            let now: Vec<Swept> = swept.extract_if(.., |s| kinds.contains(&&*s.kind)).collect();
            if !now.is_empty() {
                before = now.into_iter().map(|swept| step(&w, run, swept, &before)).collect();
            }
        }
        // Of kinds to come: alone, and last.
        swept.into_iter().for_each(|swept| drop(step(&w, run, swept, &before)));
    }
    w.plan()
}

fn step<R: Refs>(w: &Workflow, run: &str, swept: Swept, before: &[R]) -> hopper_core::Done {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let legal = |text: &str| text.replace(|c| !is_legal(c), "_");
    let place = swept.cluster.as_deref().map(|name| format!("/{}", legal(name)));
    let name = format!("{run}/{}/{}", swept.kind, legal(&swept.id)) + &place.unwrap_or_default();
    let slot = before.iter().fold(w.step(&name), |slot, before| slot.after(before));
    slot.does(swept)
}
