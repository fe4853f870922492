//! [`LoadBalancer`]: one of either generation.

use super::{classic, newer};
use crate::{
    Aws, Tags,
    blockers::Blocked,
    pace::Pace,
    removal::{Removal, remove},
};
use hopper_core::{Cx, StepError};
use std::{collections::BTreeSet, fmt, time::Duration};
use tokio::time::Instant;

/// Not listed any more within seconds (estimate).
const GONE: Pace = Pace::secs(1, 1, 300);

/// Which of the two services a load balancer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// Elastic Load Balancing of 2012: classic load balancers.
    Classic,
    /// Elastic Load Balancing of 2015: network, application and gateway load balancers.
    Newer,
}

/// A load balancer, with what tells whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Which service it belongs to.
    pub generation: Generation,
    /// Its name if it is a classic one, its ARN otherwise.
    pub id: String,
    /// The VPC it is in.
    pub vpc: String,
    /// Its tags.
    pub tags: Tags,
}

impl LoadBalancer {
    /// All load balancers in the region, or all in a VPC, with their tags.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub async fn list(aws: &Aws, cx: &Cx, vpc: Option<&str>) -> Result<Vec<Self>, StepError> {
        let (classic, newer) =
            tokio::try_join!(classic::list(aws, cx, vpc), newer::list(aws, cx, vpc))?;
        Ok(classic.into_iter().chain(newer).collect())
    }

    /// Deletes it, with its listeners. Its network interfaces go some time later.
    ///
    /// # Errors
    ///
    /// AWS's refusal.
    pub async fn delete(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        match self.generation {
            Generation::Classic => {
                let removal = Removal::new("DeleteLoadBalancer", &self.id, Blocked::Unknown);
                let call = aws.elb().delete_load_balancer().load_balancer_name(&self.id);
                remove(aws, cx, removal, || call.clone().send()).await
            }
            Generation::Newer => delete_newer(aws, cx, &self.id).await,
        }
    }

    /// Waits until none of these is listed in their VPC any more.
    ///
    /// # Errors
    ///
    /// Those that are still there at the deadline.
    pub async fn until_gone(aws: &Aws, cx: &Cx, vpc: &str, gone: &[Self]) -> Result<(), StepError> {
        let ids: BTreeSet<&str> = gone.iter().map(|balancer| &*balancer.id).collect();
        let (began, mut left) = (Instant::now(), Vec::new());
        for look in GONE.looks(Duration::ZERO) {
            cx.sleep((began + look).saturating_duration_since(Instant::now())).await?;
            left = Self::list(aws, cx, Some(vpc)).await?;
            left.retain(|balancer| ids.contains(&*balancer.id));
            if left.is_empty() {
                return Ok(());
            }
            cx.progress(format_args!("{} load balancers are still listed", left.len()));
        }
        let left: Vec<_> = left.iter().map(Self::to_string).collect();
        Err(StepError::permanent(format_args!("still listed: {}", left.join(", "))))
    }

    /// How its network interfaces are described: `ELB` and this.
    #[must_use]
    pub fn described(&self) -> &str {
        self.id.split_once(":loadbalancer/").map_or(&*self.id, |(_, name)| name)
    }
}

/// Deletes a network, application or gateway load balancer.
pub(crate) async fn delete_newer(aws: &Aws, cx: &Cx, arn: &str) -> Result<(), StepError> {
    let removal = Removal::new("DeleteLoadBalancer", arn, Blocked::Unknown);
    let call = aws.elbv2().delete_load_balancer().load_balancer_arn(arn);
    let deleted = remove(aws, cx, removal, || call.clone().send()).await;
    deleted.map_err(|error| match error.code() {
        Some("OperationNotPermitted") => {
            error.with_hint("switch off its deletion protection, then go on")
        }
        _ => error,
    })
}

impl fmt::Display for LoadBalancer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.generation {
            Generation::Classic => write!(f, "classic load balancer {}", self.id),
            Generation::Newer => write!(f, "load balancer {}", self.described()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_by_what_its_interfaces_say() {
        let balancer = |generation, id: &str| LoadBalancer {
            generation,
            id: id.to_owned(),
            vpc: String::new(),
            tags: Tags::new(),
        };
        let classic = balancer(Generation::Classic, "a0123");
        assert_eq!(
            (classic.described(), &*classic.to_string()),
            ("a0123", "classic load balancer a0123")
        );
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a0123/50dc";
        assert_eq!(balancer(Generation::Newer, arn).described(), "net/a0123/50dc");
    }
}
