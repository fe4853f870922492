//! [`MetadataRequest`] and `ModifyInstanceMetadataOptions`: how an instance may ask for metadata.

use serde::{Deserialize, Serialize};

use super::{Instance, MetadataOptions};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// Whether a token is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tokens {
    Optional,
    Required,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Switch {
    Enabled,
    Disabled,
}

impl Switch {
    fn name(self) -> String {
        match self {
            Self::Enabled => "enabled".to_owned(),
            Self::Disabled => "disabled".to_owned(),
        }
    }
}

/// Options in a launch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub(crate) struct MetadataRequest {
    http_tokens: Option<Tokens>,
    http_put_response_hop_limit: Option<u32>,
    http_endpoint: Option<Switch>,
    http_protocol_ipv6: Option<Switch>,
    instance_metadata_tags: Option<Switch>,
}

impl MetadataOptions {
    /// What an instance has unless its launch says otherwise: version 2 alone where the image asks
    /// for it.
    pub(super) fn default_for(imds_support: Option<&str>) -> Self {
        let is_v2 = imds_support == Some("v2.0");
        Self {
            http_tokens: if is_v2 { "required".to_owned() } else { "optional".to_owned() },
            http_put_response_hop_limit: if is_v2 { 2 } else { 1 },
            http_endpoint: "enabled".to_owned(),
            http_protocol_ipv6: "disabled".to_owned(),
            instance_metadata_tags: "disabled".to_owned(),
        }
    }

    pub(super) fn show(&self, state: &str) -> Xml {
        Xml::new()
            .text("state", state)
            .text("httpTokens", &self.http_tokens)
            .text("httpPutResponseHopLimit", self.http_put_response_hop_limit)
            .text("httpEndpoint", &self.http_endpoint)
            .text("httpProtocolIpv6", &self.http_protocol_ipv6)
            .text("instanceMetadataTags", &self.instance_metadata_tags)
    }
}

impl MetadataRequest {
    /// Refuses what cannot be.
    pub(crate) fn check(&self) -> Result<(), AwsError> {
        match self.http_put_response_hop_limit {
            Some(limit) if !(1..=64).contains(&limit) => Err(AwsError::invalid_value(
                "HttpPutResponseHopLimit",
                limit,
                "It must be between 1 and 64.",
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn apply(&self, options: &mut MetadataOptions) {
        if let Some(tokens) = self.http_tokens {
            options.http_tokens = match tokens {
                Tokens::Optional => "optional".to_owned(),
                Tokens::Required => "required".to_owned(),
            };
        }
        if let Some(limit) = self.http_put_response_hop_limit {
            options.http_put_response_hop_limit = limit;
        }
        for (given, option) in [
            (self.http_endpoint, &mut options.http_endpoint),
            (self.http_protocol_ipv6, &mut options.http_protocol_ipv6),
            (self.instance_metadata_tags, &mut options.instance_metadata_tags),
        ] {
            if let Some(switch) = given {
                *option = switch.name();
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ModifyInstanceMetadataOptions {
    instance_id: String,
    http_tokens: Option<Tokens>,
    http_put_response_hop_limit: Option<u32>,
    http_endpoint: Option<Switch>,
    http_protocol_ipv6: Option<Switch>,
    instance_metadata_tags: Option<Switch>,
}

/// Changes the options of an instance.
pub(crate) fn modify(world: &mut World, input: &ModifyInstanceMetadataOptions) -> Answer {
    let request = MetadataRequest {
        http_tokens: input.http_tokens,
        http_put_response_hop_limit: input.http_put_response_hop_limit,
        http_endpoint: input.http_endpoint,
        http_protocol_ipv6: input.http_protocol_ipv6,
        instance_metadata_tags: input.instance_metadata_tags,
    };
    request.check()?;
    let instance = world.find_mut::<Instance>(&input.instance_id)?;
    if instance.state.is_ending() {
        let why = format!("The instance '{}' is {}.", instance.id, instance.state.name());
        return Err(AwsError::new("IncorrectInstanceState", why));
    }
    request.apply(&mut instance.metadata_options);
    Ok(Xml::new()
        .text("instanceId", &instance.id)
        .node("instanceMetadataOptions", instance.metadata_options.show("pending")))
}
