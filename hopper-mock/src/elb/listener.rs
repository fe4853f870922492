//! [`Listener`]: what a classic load balancer listens to, and what it passes it on as.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::call::{check_range, invalid};
use super::place::configuration;
use crate::wire::{AwsError, Xml};

/// A port of a classic load balancer and the port of the instances behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// The protocol of clients: `HTTP` or `TCP`.
    pub protocol: String,
    /// The port clients talk to.
    pub load_balancer_port: u32,
    /// The protocol of the instances, of the same layer.
    pub instance_protocol: String,
    /// The port of the instances.
    pub instance_port: u32,
}

/// A listener in a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct GivenListener {
    protocol: String,
    load_balancer_port: u32,
    instance_protocol: Option<String>,
    instance_port: u32,
    #[serde(rename = "SSLCertificateId")]
    ssl_certificate_id: Option<String>,
}

impl GivenListener {
    /// # Errors
    /// `UnsupportedProtocol`, `ValidationError` for a port that is none, `CertificateNotFound` for
    /// a certificate, since the account has none, `InvalidConfigurationRequest` for protocols that
    /// do not go together.
    fn read(&self) -> Result<Listener, AwsError> {
        let protocol = protocol(&self.protocol)?;
        let instance_protocol = match &self.instance_protocol {
            None => protocol.clone(),
            Some(given) => self::protocol(given)?,
        };
        check_range("LoadBalancerPort", self.load_balancer_port, &(1..=65_535))?;
        check_range("InstancePort", self.instance_port, &(1..=65_535))?;
        let is_encrypted = matches!(protocol.as_str(), "HTTPS" | "SSL");
        match &self.ssl_certificate_id {
            Some(id) => {
                let why = format!("The certificate {id} does not exist");
                return Err(AwsError::new("CertificateNotFound", why));
            }
            None if is_encrypted => {
                return Err(configuration(format!(
                    "A listener for {protocol} needs a certificate"
                )));
            }
            None => {}
        }
        let is_http = |protocol: &str| protocol.starts_with("HTTP");
        if is_http(&protocol) != is_http(&instance_protocol) {
            let why = format!("{protocol} cannot be passed on as {instance_protocol}");
            return Err(configuration(why));
        }
        let Self { load_balancer_port, instance_port, .. } = *self;
        Ok(Listener { protocol, load_balancer_port, instance_protocol, instance_port })
    }
}

fn protocol(given: &str) -> Result<String, AwsError> {
    let name = given.to_ascii_uppercase();
    if matches!(name.as_str(), "HTTP" | "HTTPS" | "TCP" | "SSL") {
        return Ok(name);
    }
    let why = format!("The protocol {given} is none of HTTP, HTTPS, TCP and SSL");
    Err(AwsError::new("UnsupportedProtocol", why))
}

/// The listeners of a request.
///
/// # Errors
/// None at all, two for one port, or one that cannot be.
pub(crate) fn read(given: &[GivenListener]) -> Result<Vec<Listener>, AwsError> {
    if given.is_empty() {
        return Err(invalid("A load balancer needs a listener"));
    }
    let listeners = given.iter().map(GivenListener::read).collect::<Result<Vec<_>, _>>()?;
    let mut ports = BTreeSet::new();
    for listener in &listeners {
        if !ports.insert(listener.load_balancer_port) {
            let why = format!("Two listeners have the port {}", listener.load_balancer_port);
            return Err(configuration(why));
        }
    }
    Ok(listeners)
}

impl Listener {
    pub(super) fn show(&self) -> Xml {
        let listener = Xml::new()
            .text("Protocol", &self.protocol)
            .text("LoadBalancerPort", self.load_balancer_port)
            .text("InstanceProtocol", &self.instance_protocol)
            .text("InstancePort", self.instance_port);
        Xml::new().node("Listener", listener).list("PolicyNames", [])
    }
}
