//! Service-linked roles, which a service makes for itself or has made for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Role;
use super::entity::{find, no_such};
use super::name::{check_description, check_name};
use super::role::OneRole;
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Tags, Transition, World};

/// A service with a role of its own.
struct Linked {
    service: &'static str,
    /// How the name of its role goes on after `AWSServiceRoleFor`.
    name: &'static str,
    /// The name of the policy of its role.
    policy: Option<&'static str>,
    /// Whether it may have several roles.
    takes_suffix: bool,
}

/// The services whose roles are known, from their user guides.
const SERVICES: &[Linked] = &[
    Linked {
        service: "autoscaling.amazonaws.com",
        name: "AutoScaling",
        policy: Some("AutoScalingServiceRolePolicy"),
        takes_suffix: true,
    },
    Linked {
        service: "elasticloadbalancing.amazonaws.com",
        name: "ElasticLoadBalancing",
        policy: Some("AWSElasticLoadBalancingServiceRolePolicy"),
        takes_suffix: false,
    },
    Linked {
        service: "spot.amazonaws.com",
        name: "EC2Spot",
        policy: Some("AWSEC2SpotServiceRolePolicy"),
        takes_suffix: false,
    },
    Linked { service: "eks.amazonaws.com", name: "AmazonEKS", policy: None, takes_suffix: false },
    Linked { service: "ssm.amazonaws.com", name: "AmazonSSM", policy: None, takes_suffix: false },
];

impl Linked {
    fn named(service: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|linked| linked.service == service)
    }

    fn role_name(&self, suffix: Option<&str>) -> String {
        let name = format!("AWSServiceRoleFor{}", self.name);
        suffix.map_or_else(|| name.clone(), |suffix| format!("{name}_{suffix}"))
    }

    fn role(&self, world: &mut World, suffix: Option<&str>, description: Option<&str>) -> Role {
        let (name, path) = (self.role_name(suffix), format!("/aws-service-role/{}/", self.service));
        let policy =
            self.policy.map(|policy| format!("arn:aws:iam::aws:policy/aws-service-role/{policy}"));
        Role {
            unique_id: world.new_unique_id("AROA"),
            arn: format!("arn:aws:iam::{}:role{path}{name}", world.account),
            name,
            path,
            create_date: world.now,
            assume_role_policy: format!(
                "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\
                 \"Principal\":{{\"Service\":\"{}\"}},\"Action\":\"sts:AssumeRole\"}}]}}",
                self.service
            ),
            description: description.map(str::to_owned),
            max_session_duration: 3600,
            linked_service: Some(self.service.to_owned()),
            inline_policies: BTreeMap::new(),
            attached_policies: policy.into_iter().collect::<BTreeSet<_>>(),
            tags: Tags::new(),
        }
    }
}

/// What a service does that needs its role: it makes it, unless it is there.
pub(crate) fn ensure(world: &mut World, service: &str) {
    let Some(linked) = Linked::named(service) else { return };
    if !world.iam.roles.contains_key(&linked.role_name(None)) {
        let role = linked.role(world, None, None);
        world.iam.roles.insert(role.name.clone(), role);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateServiceLinkedRole {
    #[serde(rename = "AWSServiceName")]
    service: String,
    description: Option<String>,
    custom_suffix: Option<String>,
}

/// Makes the role of a service.
pub(super) fn create(world: &mut World, input: &CreateServiceLinkedRole) -> Answer {
    let invalid = |why: String| AwsError::new("InvalidInput", why);
    check_description(input.description.as_deref().unwrap_or_default())?;
    let (service, suffix) = (&input.service, input.custom_suffix.as_deref());
    let linked = Linked::named(service).ok_or_else(|| {
        invalid(format!("The service {service} has no service-linked role, or it is not simulated"))
    })?;
    if let Some(suffix) = suffix {
        check_name("customSuffix", suffix, 64)?;
        if !linked.takes_suffix {
            return Err(invalid(format!("Custom suffix is not allowed for {service}")));
        }
    }
    let name = linked.role_name(suffix);
    if world.iam.roles.contains_key(&name) {
        return Err(invalid(format!(
            "Service role name {name} has been taken in this account, please try a different \
             suffix."
        )));
    }
    let role = linked.role(world, suffix, input.description.as_deref());
    let answer = Xml::new().node("Role", role.show());
    world.iam.roles.insert(name, role);
    Ok(answer)
}

/// Begins to delete the role of a service.
pub(super) fn delete(world: &mut World, input: &OneRole) -> Answer {
    let role: &Role = find(world, &input.role_name)?;
    let Some(service) = &role.linked_service else {
        let why = format!("The role {} is not a service-linked role.", role.name);
        return Err(AwsError::new("InvalidInput", why));
    };
    let name = role.name.clone();
    let task = format!("task/aws-service-role/{service}/{name}/{}", role.unique_id);
    let after = world.settings().latencies.service_linked_role_deleted;
    world.schedule(after, Transition::ServiceLinkedRoleDeleted(name));
    Ok(Xml::new().text("DeletionTaskId", task))
}

/// The role is gone.
pub(crate) fn deleted(world: &mut World, name: &str) {
    if world.iam.roles.get(name).is_some_and(|role| role.linked_service.is_some()) {
        world.iam.roles.remove(name);
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetServiceLinkedRoleDeletionStatus {
    deletion_task_id: String,
}

/// Tells how far a deletion is. The id of the task names the role and its unique id.
pub(super) fn status(world: &mut World, input: &GetServiceLinkedRoleDeletionStatus) -> Answer {
    let task = &input.deletion_task_id;
    let parts: Vec<_> = task.split('/').collect();
    let &["task", "aws-service-role", _, name, unique_id] = parts.as_slice() else {
        return Err(no_such(format!("The deletion task {task} cannot be found.")));
    };
    let role = world.iam.roles.get(name);
    let is_there = role.is_some_and(|role| role.unique_id == unique_id);
    Ok(Xml::new().text("Status", if is_there { "IN_PROGRESS" } else { "SUCCEEDED" }))
}
