//! [`HealthCheck`] and `ConfigureHealthCheck`.

use serde::{Deserialize, Serialize};

use super::call::{check_range, invalid};
use super::{Listener, LoadBalancer};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

/// How a classic load balancer finds out whether an instance is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct HealthCheck {
    /// What it asks: `TCP:30080` or `HTTP:80/index.html`.
    pub target: String,
    /// Seconds between two checks.
    pub interval: u32,
    /// Seconds after which an answer is missing.
    pub timeout: u32,
    /// After how many failures in a row an instance is out of service.
    pub unhealthy_threshold: u32,
    /// After how many successes in a row an instance is in service again.
    pub healthy_threshold: u32,
}

impl HealthCheck {
    /// What a new load balancer has, from the guide.
    pub(super) fn of_new(listeners: &[Listener]) -> Self {
        let port = listeners.first().map_or(80, |listener| listener.instance_port);
        Self {
            target: format!("TCP:{port}"),
            interval: 30,
            timeout: 5,
            unhealthy_threshold: 2,
            healthy_threshold: 10,
        }
    }

    fn check(&self) -> Result<(), AwsError> {
        check_range("HealthCheck Interval", self.interval, &(5..=300))?;
        check_range("HealthCheck Timeout", self.timeout, &(2..=60))?;
        check_range("HealthCheck UnhealthyThreshold", self.unhealthy_threshold, &(2..=10))?;
        check_range("HealthCheck HealthyThreshold", self.healthy_threshold, &(2..=10))?;
        if self.interval <= self.timeout {
            return Err(invalid("HealthCheck Timeout must be less than Interval"));
        }
        let (protocol, rest) = self.target.split_once(':').unwrap_or_default();
        let (port, path) = rest.split_once('/').map_or((rest, None), |(p, path)| (p, Some(path)));
        let is_port = port.parse::<u16>().is_ok_and(|port| port != 0);
        let fits = match protocol.to_ascii_uppercase().as_str() {
            "TCP" | "SSL" => path.is_none(),
            "HTTP" | "HTTPS" => path.is_some(),
            _ => false,
        };
        if is_port && fits {
            return Ok(());
        }
        let why = "write TCP:80 or SSL:443, or HTTP:80/path or HTTPS:443/path";
        Err(invalid(format!("HealthCheck Target {} is not valid: {why}", self.target)))
    }

    pub(super) fn show(&self) -> Xml {
        let fields = Xml::new()
            .text("Target", &self.target)
            .text("Interval", self.interval)
            .text("Timeout", self.timeout)
            .text("UnhealthyThreshold", self.unhealthy_threshold)
            .text("HealthyThreshold", self.healthy_threshold);
        Xml::new().node("HealthCheck", fields)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ConfigureHealthCheck {
    load_balancer_name: String,
    health_check: HealthCheck,
}

/// Changes how a load balancer checks its instances.
pub(crate) fn configure(world: &mut World, input: &ConfigureHealthCheck) -> Answer {
    let balancer = LoadBalancer::find_mut(world, &input.load_balancer_name)?;
    input.health_check.check()?;
    balancer.health_check = input.health_check.clone();
    Ok(input.health_check.show())
}
