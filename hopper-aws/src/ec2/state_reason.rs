//! Why a thing is in a state that leads nowhere.

use crate::error::as_fragment;
use aws_sdk_ec2::types::StateReason;
use hopper_core::StepError;
use std::fmt;

/// What a thing is, and why AWS says that it is so.
pub(super) fn error(told: impl fmt::Display, reason: Option<&StateReason>) -> StepError {
    let code = reason.and_then(StateReason::code);
    let message = reason.and_then(StateReason::message).unwrap_or("no reason given");
    // The message begins with the code, mostly.
    let rest = code.and_then(|code| message.strip_prefix(code)?.strip_prefix(": "));
    let message = as_fragment(rest.unwrap_or(message));
    let error = StepError::permanent(format_args!("{told}: {message}"));
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_told_once() {
        let reason = |message| {
            let code = "Client.VolumeLimitExceeded";
            StateReason::builder().code(code).message(message).build()
        };
        for message in
            ["Client.VolumeLimitExceeded: Volume limit exceeded.", "Volume limit exceeded"]
        {
            assert_eq!(
                error("i-1 is terminated", Some(&reason(message))).to_string(),
                "Client.VolumeLimitExceeded: i-1 is terminated: volume limit exceeded"
            );
        }
        assert_eq!(error("i-1 is stopped", None).to_string(), "i-1 is stopped: no reason given");
    }
}
