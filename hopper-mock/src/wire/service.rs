//! [`Service`]: the services that are simulated, and how each speaks.

use super::AwsError;

/// How a service writes requests and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// EC2's own: flattened lists in, `<item>` lists out.
    Ec2,
    /// The query protocol of IAM, STS, Auto Scaling and ELB: `Key.member.1` in, `<member>` out.
    Query,
    /// JSON 1.1, as Systems Manager speaks it: the operation is in a header.
    Json,
    /// REST with XML, as S3 speaks it: the operation is the method and what it is applied to.
    Rest,
}

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Amazon EC2 Auto Scaling.
    AutoScaling,
    /// Amazon EC2.
    Ec2,
    /// Amazon Elastic Container Registry.
    Ecr,
    /// AWS Identity and Access Management.
    Iam,
    /// Amazon S3.
    S3,
    /// Elastic Load Balancing with classic load balancers.
    Elb,
    /// Elastic Load Balancing with network load balancers.
    Elbv2,
    /// Service Quotas.
    ServiceQuotas,
    /// AWS Systems Manager.
    Ssm,
    /// AWS Security Token Service.
    Sts,
}

impl Service {
    const ALL: &[Self] = &[
        Self::AutoScaling,
        Self::Ec2,
        Self::Ecr,
        Self::Elb,
        Self::Elbv2,
        Self::Iam,
        Self::S3,
        Self::ServiceQuotas,
        Self::Ssm,
        Self::Sts,
    ];

    /// The service that takes forms with this API version, used in this credential scope.
    ///
    /// Classic and new load balancers share a scope, so the version decides; a request without
    /// one is placed by its scope alone.
    pub fn find(version: Option<&str>, scope: Option<&str>) -> Option<Self> {
        let takes_forms =
            |service: &Self| matches!(service.protocol(), Protocol::Ec2 | Protocol::Query);
        Self::ALL.iter().copied().filter(takes_forms).find(|service| {
            version.map_or(scope.is_some(), |version| version == service.version())
                && scope.is_none_or(|scope| scope == service.scope())
        })
    }

    /// The first service with this credential scope.
    pub(super) fn scoped(scope: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| service.scope() == scope)
    }

    /// The service with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| service.name() == name)
    }

    /// The service and the operation in an `X-Amz-Target` header: `AmazonSSM.GetParameter`.
    pub(super) fn targeted(target: &str) -> Option<(Self, &str)> {
        let (prefix, operation) = target.split_once('.')?;
        let mut services = Self::ALL.iter().copied();
        services.find(|service| service.target() == Some(prefix)).map(|found| (found, operation))
    }

    /// What begins its `X-Amz-Target`, for those that speak JSON.
    fn target(self) -> Option<&'static str> {
        match self {
            Self::Ecr => Some("AmazonEC2ContainerRegistry_V20150921"),
            Self::ServiceQuotas => Some("ServiceQuotasV20190624"),
            Self::Ssm => Some("AmazonSSM"),
            _ => None,
        }
    }

    /// The parameters of an operation that are for the service alone: those that its model marks
    /// as sensitive.
    pub(super) fn sensitive(self, operation: &str) -> &'static [&'static str] {
        match (self, operation) {
            (Self::AutoScaling, "CreateLaunchConfiguration") | (Self::Ec2, "RunInstances") => {
                &["UserData"]
            }
            (Self::Ec2, "CreateLaunchTemplate" | "CreateLaunchTemplateVersion") => {
                &["LaunchTemplateData.UserData"]
            }
            (Self::Ec2, "ModifyInstanceAttribute") => &["UserData.Value", "Value"],
            (Self::Iam, "CreateLoginProfile") => &["Password"],
            (Self::S3, "PutObject") => &["Body"],
            (Self::Ssm, "PutParameter") => &["Value"],
            _ => &[],
        }
    }

    /// The name by which the CLI and policies know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AutoScaling => "autoscaling",
            Self::Ec2 => "ec2",
            Self::Ecr => "ecr",
            Self::Iam => "iam",
            Self::Elb => "elb",
            Self::Elbv2 => "elbv2",
            Self::S3 => "s3",
            Self::ServiceQuotas => "servicequotas",
            Self::Ssm => "ssm",
            Self::Sts => "sts",
        }
    }

    /// The API version, which every form carries.
    pub fn version(self) -> &'static str {
        match self {
            Self::AutoScaling => "2011-01-01",
            Self::Ec2 => "2016-11-15",
            Self::Ecr => "2015-09-21",
            Self::Iam => "2010-05-08",
            Self::Elb => "2012-06-01",
            Self::Elbv2 => "2015-12-01",
            Self::S3 => "2006-03-01",
            Self::ServiceQuotas => "2019-06-24",
            Self::Ssm => "2014-11-06",
            Self::Sts => "2011-06-15",
        }
    }

    /// The name in the credential scope of a signature.
    pub fn scope(self) -> &'static str {
        match self {
            Self::AutoScaling => "autoscaling",
            Self::Ec2 => "ec2",
            Self::Ecr => "ecr",
            Self::Iam => "iam",
            Self::Elb | Self::Elbv2 => "elasticloadbalancing",
            Self::S3 => "s3",
            Self::ServiceQuotas => "servicequotas",
            Self::Ssm => "ssm",
            Self::Sts => "sts",
        }
    }

    /// The protocol the service speaks.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Ec2 => Protocol::Ec2,
            Self::AutoScaling | Self::Elb | Self::Elbv2 | Self::Iam | Self::Sts => Protocol::Query,
            Self::S3 => Protocol::Rest,
            Self::Ecr | Self::ServiceQuotas | Self::Ssm => Protocol::Json,
        }
    }

    /// How it refuses a call that was made too often.
    pub(crate) fn throttled(self) -> AwsError {
        match self.protocol() {
            Protocol::Ec2 => AwsError::new("RequestLimitExceeded", "Request limit exceeded."),
            Protocol::Query => AwsError::new("Throttling", "Rate exceeded"),
            Protocol::Json => AwsError::new("ThrottlingException", "Rate exceeded"),
            Protocol::Rest => AwsError::new("SlowDown", "Please reduce your request rate."),
        }
    }

    /// How it refuses a call that is not permitted.
    pub(crate) fn denied(self) -> AwsError {
        let code = match self.protocol() {
            Protocol::Ec2 => "UnauthorizedOperation",
            Protocol::Query | Protocol::Rest => "AccessDenied",
            Protocol::Json => "AccessDeniedException",
        };
        AwsError::new(code, "You are not authorized to perform this operation.")
    }

    /// The XML namespace of its answers, from the service models; none where they are JSON.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::AutoScaling => "http://autoscaling.amazonaws.com/doc/2011-01-01/",
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Elb => "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
            Self::Elbv2 => "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
            Self::S3 => "http://s3.amazonaws.com/doc/2006-03-01/",
            Self::Ecr | Self::ServiceQuotas | Self::Ssm => "",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }
}
