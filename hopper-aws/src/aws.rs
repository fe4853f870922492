//! [`Aws`]: what every step on AWS acts with.

use crate::{
    Tags,
    fresh::{Fresh, PATIENCE},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::SdkConfig;
use std::{fmt, sync::Arc, time::Duration};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an answer may take. The slowest calls used here answer within a few seconds.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// A successor looks for what its predecessor made until no call of that one can be on its way.
const _: () = assert!(
    READ_TIMEOUT.as_secs() <= hopper_core::Lease::DURATION.as_secs() / 2 + PATIENCE.as_secs()
);

/// What every step on AWS acts with: clients, the tags to put on everything, and what all steps
/// share. A cheap handle.
///
/// The only place that builds clients. Their own retries are off, whatever the configuration
/// says: a create whose reply was lost would be made twice. No call lasts for ever: where the
/// configuration sets no time limits, a connection has to come about within 5 s and an answer
/// within a minute.
#[derive(Clone)]
pub struct Aws {
    #[cfg(feature = "autoscaling")]
    autoscaling: aws_sdk_autoscaling::Client,
    #[cfg(feature = "ec2")]
    ec2: aws_sdk_ec2::Client,
    #[cfg(feature = "elb")]
    elb: aws_sdk_elasticloadbalancing::Client,
    #[cfg(feature = "elb")]
    elbv2: aws_sdk_elasticloadbalancingv2::Client,
    #[cfg(feature = "iam")]
    iam: aws_sdk_iam::Client,
    #[cfg(feature = "s3")]
    s3: aws_sdk_s3::Client,
    #[cfg(feature = "servicequotas")]
    servicequotas: aws_sdk_servicequotas::Client,
    #[cfg(feature = "ssm")]
    ssm: aws_sdk_ssm::Client,
    #[cfg(feature = "sts")]
    sts: aws_sdk_sts::Client,
    region: Option<Arc<str>>,
    #[cfg(feature = "preflight")]
    is_elsewhere: bool,
    tags: Arc<Tags>,
    #[cfg(feature = "ec2")]
    poller: Arc<crate::poll::Poller>,
    fresh: Arc<Fresh>,
}

impl Aws {
    /// Clients for what the configuration says: the real AWS, or a simulator.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        let limits = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build();
        let given = config.timeout_config().map(TimeoutConfig::to_builder).unwrap_or_default();
        let once = config
            .to_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(given.take_unset_from(limits.to_builder()).build())
            .build();
        Self {
            #[cfg(feature = "autoscaling")]
            autoscaling: aws_sdk_autoscaling::Client::new(&once),
            #[cfg(feature = "ec2")]
            ec2: aws_sdk_ec2::Client::new(&once),
            #[cfg(feature = "elb")]
            elb: aws_sdk_elasticloadbalancing::Client::new(&once),
            #[cfg(feature = "elb")]
            elbv2: aws_sdk_elasticloadbalancingv2::Client::new(&once),
            #[cfg(feature = "iam")]
            iam: aws_sdk_iam::Client::new(&once),
            #[cfg(feature = "s3")]
            s3: s3(&once),
            #[cfg(feature = "servicequotas")]
            servicequotas: aws_sdk_servicequotas::Client::new(&once),
            #[cfg(feature = "ssm")]
            ssm: aws_sdk_ssm::Client::new(&once),
            #[cfg(feature = "sts")]
            sts: aws_sdk_sts::Client::new(&once),
            #[cfg(feature = "preflight")]
            is_elsewhere: once.endpoint_url().is_some(),
            region: once.region().map(|region| region.as_ref().into()),
            tags: Arc::default(),
            #[cfg(feature = "ec2")]
            poller: Arc::default(),
            fresh: Arc::default(),
        }
    }

    /// Puts these tags on everything that is made, below a step's own.
    #[must_use]
    pub fn with_tags(mut self, tags: Tags) -> Self {
        self.tags = tags.into();
        self
    }

    /// The client of Auto Scaling.
    #[cfg(feature = "autoscaling")]
    #[must_use]
    pub fn autoscaling(&self) -> &aws_sdk_autoscaling::Client {
        &self.autoscaling
    }

    /// The client of EC2.
    #[cfg(feature = "ec2")]
    #[must_use]
    pub fn ec2(&self) -> &aws_sdk_ec2::Client {
        &self.ec2
    }

    /// The client of Elastic Load Balancing as of 2012: classic load balancers.
    #[cfg(feature = "elb")]
    #[must_use]
    pub fn elb(&self) -> &aws_sdk_elasticloadbalancing::Client {
        &self.elb
    }

    /// The client of Elastic Load Balancing as of 2015: network and application load balancers.
    #[cfg(feature = "elb")]
    #[must_use]
    pub fn elbv2(&self) -> &aws_sdk_elasticloadbalancingv2::Client {
        &self.elbv2
    }

    /// The client of IAM.
    #[cfg(feature = "iam")]
    #[must_use]
    pub fn iam(&self) -> &aws_sdk_iam::Client {
        &self.iam
    }

    /// The client of S3. At an endpoint of one's own buckets are named in the path.
    #[cfg(feature = "s3")]
    #[must_use]
    pub fn s3(&self) -> &aws_sdk_s3::Client {
        &self.s3
    }

    /// The client of Service Quotas.
    #[cfg(feature = "servicequotas")]
    #[must_use]
    pub fn servicequotas(&self) -> &aws_sdk_servicequotas::Client {
        &self.servicequotas
    }

    /// The client of Systems Manager.
    #[cfg(feature = "ssm")]
    #[must_use]
    pub fn ssm(&self) -> &aws_sdk_ssm::Client {
        &self.ssm
    }

    /// The client of STS.
    #[cfg(feature = "sts")]
    #[must_use]
    pub fn sts(&self) -> &aws_sdk_sts::Client {
        &self.sts
    }

    /// The region, e.g. `eu-west-1`.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The tags to put on everything.
    #[must_use]
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Whether the clients talk to another address than AWS's own.
    #[cfg(feature = "preflight")]
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }

    #[cfg(feature = "ec2")]
    pub(crate) fn poller(&self) -> &crate::poll::Poller {
        &self.poller
    }

    pub(crate) fn fresh(&self) -> &Fresh {
        &self.fresh
    }
}

/// AWS resolves a host for each bucket; whoever answers elsewhere may have none.
#[cfg(feature = "s3")]
fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let config =
        aws_sdk_s3::config::Builder::from(config).force_path_style(config.endpoint_url().is_some());
    aws_sdk_s3::Client::from_conf(config.build())
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws")
            .field("region", &self.region)
            .field("tags", &self.tags)
            .finish_non_exhaustive()
    }
}
