//! [`Connect`]: the way to the real AWS, or to whatever answers at an endpoint.

use crate::{Aws, error};
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_types::SdkConfig;
use hopper_core::{Class, StepError};

/// The way to AWS: the standard chain of credentials and regions (environment, profile, SSO,
/// container, instance), with what is set here before it.
///
/// ```no_run
/// # async fn example() -> Result<(), hopper_aws::ConnectError> {
/// use hopper_aws::Connect;
///
/// let there = Connect::default().region("eu-west-1").connect().await?;
/// println!("account {}", there.account);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Connect {
    region: Option<String>,
    endpoint_url: Option<String>,
    profile: Option<String>,
}

/// A connection that was tried.
#[derive(Clone, Debug)]
pub struct Connected {
    /// What steps act with.
    pub aws: Aws,
    /// The account's number.
    pub account: String,
    /// Who acts.
    pub arn: String,
}

/// Why AWS cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody says which region.
    #[error("there is no region, set AWS_REGION or a region in the profile")]
    NoRegion,
    /// The chain has no credentials.
    #[error(
        "there are no credentials ({0}), set AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY, or log in again"
    )]
    NoCredentials(String),
    /// Nothing answers, or it refuses.
    #[error("cannot ask {endpoint} who we are: {error}")]
    NoAnswer {
        /// Who was asked.
        endpoint: String,
        /// What came of it.
        error: StepError,
    },
}

impl Connect {
    /// In this region, whatever the environment says.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// To this address instead of AWS's own, for every service.
    #[must_use]
    pub fn endpoint_url(mut self, url: impl Into<String>) -> Self {
        self.endpoint_url = Some(url.into());
        self
    }

    /// With this profile of the shared configuration files.
    #[must_use]
    pub fn profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// The configuration for clients, once region and credentials are certain.
    ///
    /// # Errors
    ///
    /// When there is no region or there are no credentials.
    pub async fn config(&self) -> Result<SdkConfig, ConnectError> {
        let client = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        let config = loader.load().await;
        if config.region().is_none() {
            return Err(ConnectError::NoRegion);
        }
        let Some(provider) = config.credentials_provider() else {
            return Err(ConnectError::NoCredentials("no provider".to_owned()));
        };
        let provided = provider.provide_credentials().await;
        provided.map_err(|e| ConnectError::NoCredentials(error::context(&e)))?;
        Ok(config)
    }

    /// Connects, and asks who we are.
    ///
    /// # Errors
    ///
    /// When there is no region, there are no credentials, nothing answers, or it refuses.
    pub async fn connect(&self) -> Result<Connected, ConnectError> {
        let aws = Aws::new(&self.config().await?);
        let asked = aws.sts().get_caller_identity().send().await;
        let us = asked.map_err(|failed| ConnectError::NoAnswer {
            endpoint: self.endpoint_url.clone().unwrap_or_else(|| "AWS".to_owned()),
            error: match error::of("GetCallerIdentity", &failed) {
                error if error.class() == Class::Transient => {
                    error.with_hint("check the network and the endpoint's address")
                }
                error => error,
            },
        })?;
        let (account, arn) = (us.account.unwrap_or_default(), us.arn.unwrap_or_default());
        Ok(Connected { aws, account, arn })
    }
}
