//! [`Listener`]: the record, `CreateListener` and `DescribeListeners`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{LoadBalancer, TargetGroup, arn};
use crate::elb::call::{check_range, invalid, page};
use crate::elb::tags::{self, Tag};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Resource, Tags, World};

/// A port of a network load balancer and the target group behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// Its ARN.
    pub arn: String,
    /// The load balancer.
    pub load_balancer_arn: String,
    /// `TCP`, `UDP` or `TCP_UDP`.
    pub protocol: String,
    /// The port clients talk to.
    pub port: u32,
    /// What it passes connections on to.
    pub target_group_arn: String,
    /// Its tags.
    pub tags: Tags,
}

impl Listener {
    fn show(&self) -> Xml {
        let target = || Xml::new().text("TargetGroupArn", &self.target_group_arn);
        let action = Xml::new()
            .text("Type", "forward")
            .and(target())
            .text("Order", 1)
            .node("ForwardConfig", Xml::new().list("TargetGroups", [target()]));
        Xml::new()
            .text("ListenerArn", &self.arn)
            .text("LoadBalancerArn", &self.load_balancer_arn)
            .text("Port", self.port)
            .text("Protocol", &self.protocol)
            .list("DefaultActions", [action])
    }
}

impl Resource for Listener {
    const KIND: Kind = Kind {
        name: "listener",
        prefix: "",
        noun: "listener",
        malformed: "ValidationError",
        missing: "ListenerNotFound",
    };

    fn table(world: &World) -> &BTreeMap<String, Self> {
        &world.elbv2.listeners
    }

    fn table_mut(world: &mut World) -> &mut BTreeMap<String, Self> {
        &mut world.elbv2.listeners
    }

    fn id(&self) -> &str {
        &self.arn
    }

    fn tags(&self) -> &Tags {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Tags {
        &mut self.tags
    }

    /// It goes with its load balancer.
    fn is_leftover(&self) -> bool {
        false
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct CreateListener {
    load_balancer_arn: String,
    protocol: Option<String>,
    port: Option<u32>,
    default_actions: Vec<Action>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Action {
    #[serde(rename = "Type")]
    action_type: String,
    target_group_arn: Option<String>,
    forward_config: Option<ForwardConfig>,
    #[serde(rename = "Order")]
    _order: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ForwardConfig {
    target_groups: Vec<TargetGroupTuple>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TargetGroupTuple {
    target_group_arn: String,
}

impl Action {
    /// The one group that everything goes to.
    fn target_group_arn(&self) -> Result<&str, AwsError> {
        if self.action_type != "forward" {
            let why = format!("A network load balancer cannot {}", self.action_type);
            return Err(AwsError::new("InvalidLoadBalancerAction", why));
        }
        let listed = self.forward_config.iter().flat_map(|config| &config.target_groups);
        let listed = listed.map(|group| group.target_group_arn.as_str());
        let mut arns: Vec<_> = self.target_group_arn.as_deref().into_iter().chain(listed).collect();
        arns.dedup();
        match arns.as_slice() {
            [arn] => Ok(arn),
            _ => Err(invalid("An action forwards to one target group")),
        }
    }
}

/// Makes a listener. The same request again changes nothing.
pub(crate) fn create(world: &mut World, input: &CreateListener) -> Answer {
    let load_balancer_arn = &input.load_balancer_arn;
    arn::find::<LoadBalancer>(world, load_balancer_arn)?;
    let tags = tags::read(world, &input.tags)?;
    let protocol = input.protocol.as_deref().ok_or_else(|| invalid("A protocol is required"))?;
    if !matches!(protocol, "TCP" | "UDP" | "TCP_UDP") {
        let why = format!("The simulator has listeners for TCP, UDP and TCP_UDP, not {protocol}");
        return Err(AwsError::new("UnsupportedProtocol", why));
    }
    let port = input.port.ok_or_else(|| invalid("A port is required"))?;
    check_range("Port", port, &(1..=65_535))?;
    let [action] = input.default_actions.as_slice() else {
        return Err(invalid("A listener of a network load balancer has one default action"));
    };
    let group: &TargetGroup = arn::find(world, action.target_group_arn()?)?;
    if group.protocol != protocol {
        let why = format!("A target group for {} does not go with {protocol}", group.protocol);
        return Err(AwsError::new("IncompatibleProtocols", why).blocked_by([group.arn.clone()]));
    }
    let new = Listener {
        arn: String::new(),
        load_balancer_arn: load_balancer_arn.clone(),
        protocol: protocol.to_owned(),
        port,
        target_group_arn: group.arn.clone(),
        tags,
    };
    let mut listeners = world.elbv2.listeners.values();
    let is_there =
        |old: &&Listener| old.load_balancer_arn == *load_balancer_arn && old.port == port;
    if let Some(old) = listeners.find(is_there) {
        if *old == (Listener { arn: old.arn.clone(), ..new }) {
            return Ok(Xml::new().list("Listeners", [old.show()]));
        }
        let why = format!("The load balancer has a listener on the port {port}");
        return Err(AwsError::new("DuplicateListener", why).blocked_by([old.arn.clone()]));
    }
    if let Some(other) = group.load_balancer(world).filter(|other| other != load_balancer_arn) {
        let why = "The target group is behind another load balancer";
        let blocker = [other.to_owned()];
        return Err(AwsError::new("TargetGroupAssociationLimit", why).blocked_by(blocker));
    }
    let listener = Listener { arn: arn::of_listener(world, load_balancer_arn), ..new };
    let answer = Xml::new().list("Listeners", [listener.show()]);
    world.add(listener);
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeListeners {
    load_balancer_arn: Option<String>,
    #[serde(default)]
    listener_arns: Vec<String>,
    marker: Option<String>,
    page_size: Option<usize>,
}

/// Lists the listeners of a load balancer, or those named, which must exist.
pub(crate) fn describe(world: &mut World, input: &DescribeListeners) -> Answer {
    let found: Vec<&Listener> = match (&input.load_balancer_arn, input.listener_arns.as_slice()) {
        (Some(balancer), []) => {
            arn::find::<LoadBalancer>(world, balancer)?;
            let all = world.elbv2.listeners.values();
            all.filter(|one| one.load_balancer_arn == *balancer && world.sees(&one.arn)).collect()
        }
        (None, [_, ..]) => {
            let named = input.listener_arns.iter().map(|one| arn::find(world, one));
            named.collect::<Result<_, _>>()?
        }
        _ => return Err(invalid("Either a load balancer or listeners must be specified")),
    };
    let (found, next) = page(found, |one| &one.arn, input.page_size, input.marker.as_deref())?;
    let shown = found.into_iter().map(Listener::show);
    Ok(Xml::new().list("Listeners", shown).opt("NextMarker", next))
}
