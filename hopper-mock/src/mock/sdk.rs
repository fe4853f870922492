//! The configuration that connects any client of the SDK to the mock.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use super::Mock;
use super::http_client::MockHttpClient;

impl Mock {
    /// A configuration with which any client of the SDK talks to this world.
    ///
    /// It also sets what would make runs differ or hang under a paused clock: time and sleep are
    /// the mock's and tokio's (with the system's time the SDK's waiters never end), retries are
    /// off (their jitter is random and their budget is shared by the whole process), and so is
    /// the watch for stalled streams. Paused time needs tokio's current-thread runtime.
    pub fn sdk_config(&self) -> SdkConfig {
        let credentials =
            Credentials::new("AKIAHOPPERHOPPERHOPP", "not-checked", None, None, "hopper-mock");
        let region = self.lock().world.region.clone();
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(MockHttpClient(self.clone()))
            .sleep_impl(TokioSleep::new())
            .time_source(self.clock().clone())
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new(region))
            .build()
    }
}
