//! [`Service`]: the services that are simulated, and how each speaks.

/// How a service writes requests and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// EC2's own: flattened lists in, `<item>` lists out.
    Ec2,
    /// The query protocol of IAM, STS, Auto Scaling and ELB: `Key.member.1` in, `<member>` out.
    Query,
}

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Amazon EC2.
    Ec2,
    /// AWS Identity and Access Management.
    Iam,
    /// AWS Security Token Service.
    Sts,
}

impl Service {
    const ALL: &[Self] = &[Self::Ec2, Self::Iam, Self::Sts];

    /// The service with this API version, used in this credential scope.
    ///
    /// Classic and new load balancers share a scope, so the version decides; a request without
    /// one is placed by its scope alone.
    pub fn find(version: Option<&str>, scope: Option<&str>) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| {
            version.map_or(scope.is_some(), |version| version == service.version())
                && scope.is_none_or(|scope| scope == service.scope())
        })
    }

    /// The service with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|service| service.name() == name)
    }

    /// The name by which the CLI and policies know it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Iam => "iam",
            Self::Sts => "sts",
        }
    }

    /// The API version, which every request carries.
    pub fn version(self) -> &'static str {
        match self {
            Self::Ec2 => "2016-11-15",
            Self::Iam => "2010-05-08",
            Self::Sts => "2011-06-15",
        }
    }

    /// The name in the credential scope of a signature.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Iam => "iam",
            Self::Sts => "sts",
        }
    }

    /// The protocol the service speaks.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Ec2 => Protocol::Ec2,
            Self::Iam | Self::Sts => Protocol::Query,
        }
    }

    /// The XML namespace of its answers, from the service models.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }
}
