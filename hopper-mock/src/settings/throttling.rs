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

    /// The bucket a request draws on, with the bucket's name.
    fn bucket<'a>(&self, request: &'a Request) -> Option<(&'a str, Bucket)> {
        match request.service {
            Service::Ec2 => self.ec2.then(|| ec2_bucket(request)),
            _ => self.others.map(|bucket| (request.operation.as_str(), bucket)),
        }
    }
}

/// The request buckets of EC2, from its throttling page.
fn ec2_bucket(request: &Request) -> (&str, Bucket) {
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
    let (name, capacity, per_second) = match operation {
        "RunInstances" | "StartInstances" => (operation, 5, 2),
        "TerminateInstances" => (operation, 100, 5),
        "CreateNatGateway" | "DeleteNatGateway" => (operation, 10, 1),
        "CreateTags" | "DeleteTags" => (operation, 100, 10),
        "CreateSnapshot"
        | "DeleteSnapshot"
        | "CreateVolume"
        | "DeleteVolume"
        | "CreateNetworkInterface"
        | "DeleteNetworkInterface"
        | "ModifyNetworkInterfaceAttribute"
        | "DeregisterImage"
        | "AssociateIamInstanceProfile"
        | "CreateLaunchTemplateVersion" => (operation, 100, 5),
        "CopyImage" => (operation, 100, 1),
        "AuthorizeSecurityGroupIngress" | "RevokeSecurityGroupIngress" | "CreateKeyPair" => {
            ("resource-intensive", 50, 5)
        }
        _ if UNFILTERED.contains(&operation)
            && request.params == crate::wire::Params::default() =>
        {
            ("unfiltered", 50, 10)
        }
        _ if request.is_read() => ("non-mutating", 100, 20),
        _ => ("mutating", 50, 5),
    };
    (name, Bucket { capacity, per_second })
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
    /// Takes one call from the request's bucket, or refuses it as the service does.
    pub(crate) fn draw(
        &mut self,
        throttling: &Throttling,
        now: Time,
        request: &Request,
    ) -> Result<(), AwsError> {
        let Some((name, bucket)) = throttling.bucket(request) else { return Ok(()) };
        let full = u64::from(bucket.capacity) * 1000;
        let key = format!("{}/{name}", request.service.scope());
        let level = self.0.entry(key).or_insert(Level { thousandths: full, at: now });
        let inflow = millis(now.since(level.at)).saturating_mul(u64::from(bucket.per_second));
        level.thousandths = level.thousandths.saturating_add(inflow).min(full);
        level.at = now;
        match level.thousandths.checked_sub(1000) {
            Some(rest) => {
                level.thousandths = rest;
                Ok(())
            }
            None => Err(request.service.throttled()),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may")]
    use super::*;

    fn draw(buckets: &mut Buckets, operation: &str, after: u64) -> Option<String> {
        let request = Request::new(Service::Ec2, operation, &[]).unwrap();
        let now = Time::START + Duration::from_millis(after);
        let drawn = buckets.draw(&Throttling::published(), now, &request);
        drawn.err().map(|error| format!("{} {}", error.code, error.status))
    }

    // [D] RunInstances: 5 at once, 2 more a second; over it RequestLimitExceeded, 503 [O].
    #[test]
    fn run_instances_has_a_bucket_of_its_own() {
        let mut buckets = Buckets::default();
        for _ in 0..5 {
            assert_eq!(draw(&mut buckets, "RunInstances", 0), None);
        }
        let refused = Some("RequestLimitExceeded 503".to_owned());
        assert_eq!(draw(&mut buckets, "RunInstances", 0), refused);
        assert_eq!(draw(&mut buckets, "CreateVpc", 0), None);
        assert_eq!(draw(&mut buckets, "RunInstances", 499), refused);
        assert_eq!(draw(&mut buckets, "RunInstances", 500), None);
        assert_eq!(draw(&mut buckets, "RunInstances", 500), refused);
    }
}
