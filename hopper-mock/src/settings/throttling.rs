//! [`Throttling`]: how often one may ask, by the token buckets EC2 publishes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::wire::{AwsError, Request, Service};

/// A token bucket: so many calls at once, and so many more each second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// How many calls fit into a full bucket.
    pub capacity: u32,
    /// How many calls flow in each second.
    pub per_second: u32,
}

/// Which calls are throttled. By default none is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttling {
    /// Whether EC2 keeps the buckets its throttling page lists.
    pub ec2: bool,
    /// One bucket for each operation of the other services, which publish no numbers.
    pub others: Option<Bucket>,
}

impl Throttling {
    /// No call is throttled.
    pub fn off() -> Self {
        Self::default()
    }

    /// EC2 throttles as published; the others do not.
    pub fn published() -> Self {
        Self { ec2: true, others: None }
    }

    /// The buckets a request draws on, each with its name and what the request takes from it.
    fn buckets(&self, request: &Request) -> Vec<(String, Bucket, u32)> {
        match request.service {
            Service::Ec2 if !self.ec2 => Vec::new(),
            Service::Ec2 => [Some(ec2_requests(request)), ec2_resources(request)]
                .into_iter()
                .flatten()
                .collect(),
            _ => self
                .others
                .map(|bucket| (request.operation.clone(), bucket, 1))
                .into_iter()
                .collect(),
        }
    }
}

/// The request bucket of EC2, from its throttling page: "each API is evaluated individually", so
/// each operation has its own, and describes of everything have another one.
fn ec2_requests(request: &Request) -> (String, Bucket, u32) {
    const UNFILTERED: [&str; 7] = [
        "DescribeInstances",
        "DescribeInstanceStatus",
        "DescribeNetworkInterfaces",
        "DescribeSecurityGroups",
        "DescribeSnapshots",
        "DescribeSpotInstanceRequests",
        "DescribeVolumes",
    ];
    let operation = request.operation.as_str();
    let is_unfiltered =
        UNFILTERED.contains(&operation) && request.params == crate::wire::Params::default();
    let (capacity, per_second) = match operation {
        "CreateDefaultVpc" => (1, 1),
        "RunInstances" | "StartInstances" => (5, 2),
        "CreateNatGateway" | "DeleteNatGateway" => (10, 1),
        "CreateTags" | "DeleteTags" => (100, 10),
        "AssociateIamInstanceProfile"
        | "CreateLaunchTemplateVersion"
        | "CreateNetworkInterface"
        | "CreateSnapshot"
        | "CreateVolume"
        | "DeleteNetworkInterface"
        | "DeleteSnapshot"
        | "DeleteVolume"
        | "DeregisterImage"
        | "ModifyNetworkInterfaceAttribute"
        | "TerminateInstances" => (100, 5),
        "CopyImage" => (100, 1),
        _ if is_unfiltered => (50, 10),
        _ if request.is_read() => (100, 20),
        // Those that only change things, and the resource-intensive ones among them.
        _ => (50, 5),
    };
    let name = if is_unfiltered { format!("{operation} of all") } else { operation.to_owned() };
    (name, Bucket { capacity, per_second }, 1)
}

/// The resource bucket of EC2 for the operations that have one, from the same page: it is drawn on
/// once for each instance a request is about.
fn ec2_resources(request: &Request) -> Option<(String, Bucket, u32)> {
    let operation = request.operation.as_str();
    let per_second = match operation {
        "RunInstances" | "StartInstances" => 2,
        "StopInstances" | "TerminateInstances" => 20,
        _ => return None,
    };
    // A request that does not say how many will be refused for it.
    let n = match operation {
        "RunInstances" => request.params.text("MaxCount").and_then(|n| n.parse().ok()).unwrap_or(0),
        _ => request.params.count("InstanceId"),
    };
    Some((format!("{operation} instances"), Bucket { capacity: 1000, per_second }, n))
}

/// How full each bucket is. A bucket nobody drew on is full.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Buckets(BTreeMap<String, Level>);

/// Thousandths of a call, and when they were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Level {
    thousandths: u64,
    at: Time,
}

impl Buckets {
    /// Takes what a request costs from its buckets, or refuses it as the service does and takes
    /// nothing.
    pub(crate) fn draw(
        &mut self,
        throttling: &Throttling,
        now: Time,
        request: &Request,
    ) -> Result<(), AwsError> {
        let mut drawn = Vec::new();
        for (name, bucket, n) in throttling.buckets(request) {
            let key = format!("{}/{name}", request.service.scope());
            let rest = self.level(&key, bucket, now).checked_sub(u64::from(n) * 1000);
            let thousandths = rest.ok_or_else(|| match request.service {
                Service::Ec2 => AwsError::new("RequestLimitExceeded", "Request limit exceeded."),
                _ => AwsError::new("Throttling", "Rate exceeded"),
            })?;
            drawn.push((key, Level { thousandths, at: now }));
        }
        self.0.extend(drawn);
        Ok(())
    }

    /// How full a bucket is by now, in thousandths of a call.
    fn level(&self, key: &str, bucket: Bucket, now: Time) -> u64 {
        let full = u64::from(bucket.capacity) * 1000;
        self.0.get(key).map_or(full, |level| {
            let inflow = millis(now.since(level.at)).saturating_mul(u64::from(bucket.per_second));
            level.thousandths.saturating_add(inflow).min(full)
        })
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    fn draw_with(
        buckets: &mut Buckets,
        operation: &str,
        params: &[(&str, &str)],
        after: u64,
    ) -> Option<String> {
        let request = Request::new(Service::Ec2, operation, params).unwrap();
        let now = Time::START + Duration::from_millis(after);
        let drawn = buckets.draw(&Throttling::published(), now, &request);
        drawn.err().map(|error| format!("{} {}", error.code, error.status))
    }

    fn draw(buckets: &mut Buckets, operation: &str, after: u64) -> Option<String> {
        draw_with(buckets, operation, &[], after)
    }

    fn refused() -> Option<String> {
        Some("RequestLimitExceeded 503".to_owned())
    }

    // [D] RunInstances: 5 at once, 2 more a second; over it RequestLimitExceeded, 503 [O].
    #[test]
    fn run_instances_has_a_bucket_of_its_own() {
        let mut buckets = Buckets::default();
        for _ in 0..5 {
            assert_eq!(draw(&mut buckets, "RunInstances", 0), None);
        }
        assert_eq!(draw(&mut buckets, "RunInstances", 0), refused());
        assert_eq!(draw(&mut buckets, "CreateVpc", 0), None);
        assert_eq!(draw(&mut buckets, "RunInstances", 499), refused());
        assert_eq!(draw(&mut buckets, "RunInstances", 500), None);
        assert_eq!(draw(&mut buckets, "RunInstances", 500), refused());
    }

    // [D] "Each API is evaluated individually": what one operation used up, others still have.
    #[test]
    fn every_operation_has_its_bucket() {
        for (operation, capacity) in [
            ("CreateVpc", 50),
            ("AuthorizeSecurityGroupIngress", 50),
            ("CreateKeyPair", 50),
            ("CreateSubnet", 50),
            ("DescribeVpcs", 100),
            ("DescribeInstances", 50),
            ("CreateTags", 100),
            ("CreateNatGateway", 10),
            ("CreateDefaultVpc", 1),
            ("TerminateInstances", 100),
        ] {
            let mut buckets = Buckets::default();
            let n = (0..200).filter(|_| draw(&mut buckets, operation, 0).is_none()).count();
            assert_eq!(n, capacity, "{operation}");
            assert_eq!(draw(&mut buckets, "DeleteVpc", 0), None);
            assert_eq!(draw(&mut buckets, "DescribeSubnets", 0), None);
        }
        let mut buckets = Buckets::default();
        while draw(&mut buckets, "DescribeInstances", 0).is_none() {}
        let one = [("InstanceId.1", "i-0123456789abcdef0")];
        assert_eq!(draw_with(&mut buckets, "DescribeInstances", &one, 0), None);
    }

    // [D] 1,000 instances at once however they are asked for, and 2 more a second to start, 20 to
    // stop or terminate.
    #[test]
    fn instances_are_counted_too() {
        let mut buckets = Buckets::default();
        let mut run = |n, after| draw_with(&mut buckets, "RunInstances", &[("MaxCount", n)], after);
        assert_eq!(run("1001", 0), refused());
        assert_eq!(run("600", 0), None);
        assert_eq!(run("401", 0), refused());
        assert_eq!(run("400", 0), None);
        assert_eq!(run("3", 1000), refused());
        assert_eq!(run("2", 1000), None);

        let mut buckets = Buckets::default();
        let names: Vec<_> = (1..=1000).map(|n| format!("InstanceId.{n}")).collect();
        let all: Vec<_> = names.iter().map(|name| (name.as_str(), "i-0123456789abcdef0")).collect();
        for (operation, flow) in
            [("StartInstances", 2), ("StopInstances", 20), ("TerminateInstances", 20)]
        {
            assert_eq!(draw_with(&mut buckets, operation, &all, 0), None);
            assert_eq!(draw_with(&mut buckets, operation, &all[..1], 0), refused());
            assert_eq!(draw_with(&mut buckets, operation, &all[..flow + 1], 1000), refused());
            assert_eq!(draw_with(&mut buckets, operation, &all[..flow], 1000), None);
        }
    }
}
