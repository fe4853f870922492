//! [`ConsoleHostKeys`]: the host keys that a machine shows on its console.

use crate::{
    Aws, InstanceId,
    call::read,
    needs::{Draft, Needed, Needs},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hopper_core::{Cx, Input, Lookup, StepError, outputs};
use hopper_ssh::{fingerprints_in, host_keys_in};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

/// How often one looks.
const EVERY: Duration = Duration::from_secs(2);

/// Looks up the SSH host keys that a machine shows on its console when it first starts, as
/// cloud-init does: so that one knows the machine before one has ever been there.
///
/// A machine that shows none in this time has none for us, and whoever goes there has to trust
/// what it shows then. What the console shows is current on Nitro types; on others it may lag by
/// minutes ("Instance console output", EC2 user guide).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConsoleHostKeys {
    /// The machine.
    pub instance: Input<InstanceId>,
    /// How long it is waited for.
    pub within: Duration,
}

outputs! {
    /// What a console has shown.
    pub struct ConsoleHostKeysOut -> ConsoleHostKeysRefs {
        /// The host keys, `ssh-ed25519 AAAA…` or `SHA256:…`; none if it has shown none.
        host_keys: Vec<String>,
    }
}

impl Needs for ConsoleHostKeys {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:GetConsoleOutput"]);
    }
}

impl Lookup for ConsoleHostKeys {
    const KIND: &'static str = "aws.ec2.console_host_keys";
    type Env = Aws;
    type Output = ConsoleHostKeysOut;

    async fn look_up(&self, aws: &Aws, cx: &Cx) -> Result<ConsoleHostKeysOut, StepError> {
        let (began, mut latest) = (Instant::now(), true);
        loop {
            let id = cx.get(&self.instance).as_str();
            let call = aws.ec2().get_console_output().instance_id(id).latest(latest);
            let host_keys = match read(aws, cx, "GetConsoleOutput", || call.clone().send()).await {
                Ok(reply) => keys_in(reply.output().unwrap_or_default()),
                // Only Nitro types show what is current.
                Err(error) if latest && error.code() == Some("UnsupportedOperation") => {
                    latest = false;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if !host_keys.is_empty() || self.within <= began.elapsed() {
                return Ok(ConsoleHostKeysOut { host_keys });
            }
            cx.sleep(EVERY).await?;
        }
    }
}

/// The keys in what AWS answers, in base64; or else their fingerprints.
fn keys_in(output: &str) -> Vec<String> {
    let text = BASE64_STANDARD.decode(output).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let keys: Vec<String> =
        host_keys_in(&text).iter().filter_map(|key| key.to_openssh().ok()).collect();
    match keys.is_empty() {
        true => fingerprints_in(&text),
        false => keys,
    }
}
