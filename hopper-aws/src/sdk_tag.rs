//! [`SdkTag`]: a tag as any of the SDKs has it.

/// A tag as an SDK has it: every service has a type of its own for the same thing.
pub trait SdkTag {
    /// Its key.
    fn key(&self) -> Option<&str>;
    /// Its value.
    fn value(&self) -> Option<&str>;
}

/// The value of a key.
pub(crate) fn value<'a>(tags: &'a [impl SdkTag], key: &str) -> Option<&'a str> {
    tags.iter().find(|tag| tag.key() == Some(key)).and_then(SdkTag::value)
}

#[cfg(feature = "autoscaling")]
impl SdkTag for aws_sdk_autoscaling::types::TagDescription {
    fn key(&self) -> Option<&str> {
        self.key()
    }

    fn value(&self) -> Option<&str> {
        self.value()
    }
}

#[cfg(feature = "ec2")]
impl SdkTag for aws_sdk_ec2::types::Tag {
    fn key(&self) -> Option<&str> {
        self.key()
    }

    fn value(&self) -> Option<&str> {
        self.value()
    }
}

#[cfg(feature = "iam")]
impl SdkTag for aws_sdk_iam::types::Tag {
    fn key(&self) -> Option<&str> {
        Some(self.key())
    }

    fn value(&self) -> Option<&str> {
        Some(self.value())
    }
}

#[cfg(feature = "ssm")]
impl SdkTag for aws_sdk_ssm::types::Tag {
    fn key(&self) -> Option<&str> {
        Some(self.key())
    }

    fn value(&self) -> Option<&str> {
        Some(self.value())
    }
}

#[cfg(feature = "elb")]
impl SdkTag for aws_sdk_elasticloadbalancing::types::Tag {
    fn key(&self) -> Option<&str> {
        Some(self.key())
    }

    fn value(&self) -> Option<&str> {
        self.value()
    }
}

#[cfg(feature = "elb")]
impl SdkTag for aws_sdk_elasticloadbalancingv2::types::Tag {
    fn key(&self) -> Option<&str> {
        self.key()
    }

    fn value(&self) -> Option<&str> {
        self.value()
    }
}
