//! [`Caller`]: who we are, and by whose clock.

use super::{
    clock::{Skew, TOLERATED, Watch},
    finding::{Finding, Topic},
};
use crate::{Aws, needs::ask};
use std::time::Duration;

/// Who we are.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// `arn:aws:iam::123456789012:user/ed`.
    pub(super) arn: String,
    /// The account's number.
    pub(super) account: String,
}

impl Caller {
    /// `aws`, `aws-cn` or another world.
    pub(super) fn partition(&self) -> &str {
        self.arn.split(':').nth(1).unwrap_or("aws")
    }

    /// Whether it is the account's root, to whom everything is permitted.
    pub(super) fn is_root(&self) -> bool {
        self.arn.ends_with(":root")
    }

    /// The role that was assumed.
    pub(super) fn role(&self) -> Option<&str> {
        self.arn.split_once(":assumed-role/")?.1.split('/').next()
    }
}

/// Asks who we are. Without an answer nothing else can be asked.
pub(super) async fn identify(aws: &Aws) -> (Option<Caller>, Vec<Finding>) {
    if aws.region().is_none() {
        let none = Finding::problem(Topic::Region, "there is no region");
        return (None, vec![none.hint("set AWS_REGION, or a region in the profile")]);
    }
    let watch = Watch::default();
    let call = aws.sts().get_caller_identity();
    let asked =
        ask("GetCallerIdentity", || call.clone().customize().interceptor(watch.clone()).send())
            .await;
    let skew = watch.skew().filter(|skew| TOLERATED < skew.by);
    let (caller, error) = match asked {
        Ok(us) => {
            let (arn, account) = (us.arn.unwrap_or_default(), us.account.unwrap_or_default());
            (Some(Caller { arn, account }), None)
        }
        Err(error) => (None, Some(error)),
    };
    let is_clock = |code: &str| matches!(code, "RequestTimeTooSkewed" | "RequestExpired");
    let finding = match (skew, error) {
        (Some(skew), _) => Some(wrong_clock(skew)),
        (None, Some(error)) if error.code().is_some_and(is_clock) => {
            Some(Finding::problem(Topic::Clock, error))
        }
        (None, Some(error)) => Some(Finding::problem(Topic::Credentials, error)),
        (None, None) => None,
    };
    (caller, finding.into_iter().collect())
}

fn wrong_clock(skew: Skew) -> Finding {
    let by = humanly(skew.by);
    let way = if skew.is_ahead { "ahead of" } else { "behind" };
    Finding::problem(Topic::Clock, format_args!("this machine's clock is {by} {way} AWS's"))
        .hint("set it, e.g. with `timedatectl set-ntp true`: AWS refuses what is five minutes off")
}

/// To the minute, as hours and minutes.
fn humanly(by: Duration) -> String {
    let minutes = by.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
