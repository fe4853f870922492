//! [`Fault`]: calls that go wrong.

use std::time::Duration;

use super::Mock;
use super::handle::State;
use crate::wire::{AwsError, Request, Service};

/// A fault on its way: first which calls it strikes, then what it does, which arms it.
///
/// # Default
/// It strikes the next call of the operation, once.
///
/// ```
/// # let mock = hopper_mock::Mock::builder().build();
/// mock.fail("RunInstances").times(2).after(1).error("InsufficientInstanceCapacity");
/// mock.fail("Describe*").throttle();
/// mock.fail("CreateVpc").with_param("10.0.0.0/16").lose_reply();
/// ```
#[derive(Debug)]
#[must_use = "a fault is armed by what it does, such as `.throttle()`"]
pub struct Fault<'a> {
    mock: &'a Mock,
    aim: Aim,
    label: Option<String>,
}

/// Which calls a fault strikes.
#[derive(Clone, Debug)]
struct Aim {
    operation: String,
    param: Option<String>,
    percent: u64,
    after: u32,
    times: u32,
}

/// A fault that waits for its calls.
#[derive(Clone, Debug)]
pub(super) struct Armed {
    aim: Aim,
    effect: Effect,
    label: String,
}

/// What a fault does.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// The call is refused and has no effect.
    Refuse(Refusal),
    /// The connection breaks before the call has had an effect.
    Reset,
    /// The call takes effect, then the connection breaks.
    LoseReply,
    /// The call never reaches the service, and no answer comes.
    Hang,
    /// The call takes effect in time, and its answer comes so much later.
    Slow(Duration),
}

/// How a call is refused; the wording depends on the service.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    Throttled,
    Unavailable,
    Denied,
    Error { code: String, message: String },
}

impl<'a> Fault<'a> {
    pub(super) fn new(mock: &'a Mock, operation: &str) -> Self {
        let operation = operation.to_owned();
        let aim = Aim { operation, param: None, percent: 100, after: 0, times: 1 };
        Self { mock, aim, label: None }
    }

    /// Strikes this many calls.
    pub fn times(mut self, times: u32) -> Self {
        self.aim.times = times;
        self
    }

    /// Strikes every call, until [`Mock::heal`].
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }

    /// Lets this many calls pass first.
    pub fn after(mut self, after: u32) -> Self {
        self.aim.after = after;
        self
    }

    /// Strikes only calls that have a parameter with this value: an id, a name, a block.
    pub fn with_param(mut self, value: &str) -> Self {
        self.aim.param = Some(value.to_owned());
        self
    }

    /// Strikes only so many in a hundred calls, drawn from the seed.
    pub fn percent(mut self, percent: u8) -> Self {
        self.aim.percent = percent.into();
        self
    }

    /// Counts what it strikes under this label in [`Mock::struck`]; otherwise it is counted under
    /// what it does.
    pub fn label(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }

    /// Refuses the call with an error code, under the status AWS gives that code.
    pub fn error(self, code: &str) {
        self.error_saying(code, "This error was asked for.");
    }

    /// Refuses the call with an error code and a message, where the message matters.
    pub fn error_saying(self, code: &str, message: &str) {
        let (code, message) = (code.to_owned(), message.to_owned());
        self.arm(Effect::Refuse(Refusal::Error { code, message }));
    }

    /// Refuses the call as made too often: `RequestLimitExceeded`, `Throttling`, or
    /// `ThrottlingException`.
    pub fn throttle(self) {
        self.arm(Effect::Refuse(Refusal::Throttled));
    }

    /// Refuses the call with status 503.
    pub fn unavailable(self) {
        self.arm(Effect::Refuse(Refusal::Unavailable));
    }

    /// Refuses the call as not permitted: `UnauthorizedOperation`, `AccessDenied`, or
    /// `AccessDeniedException`.
    pub fn deny(self) {
        self.arm(Effect::Refuse(Refusal::Denied));
    }

    /// Breaks the connection before the call has had an effect.
    pub fn reset(self) {
        self.arm(Effect::Reset);
    }

    /// Lets the call take effect, then breaks the connection, so that nobody is told.
    pub fn lose_reply(self) {
        self.arm(Effect::LoseReply);
    }

    /// Lets the call wait for an answer that never comes, without an effect.
    pub fn hang(self) {
        self.arm(Effect::Hang);
    }

    /// Lets the call take effect in time, and delays the answer by so much.
    pub fn slow(self, by: Duration) {
        self.arm(Effect::Slow(by));
    }

    fn arm(self, effect: Effect) {
        let label = self.label.unwrap_or_else(|| effect.label().to_owned());
        self.mock.lock().faults.push(Armed { aim: self.aim, effect, label });
    }
}

impl Effect {
    /// What it is counted under.
    fn label(&self) -> &str {
        match self {
            Self::Refuse(Refusal::Throttled) => "throttled",
            Self::Refuse(Refusal::Unavailable) => "unavailable",
            Self::Refuse(Refusal::Denied) => "denied",
            Self::Refuse(Refusal::Error { code, .. }) => code,
            Self::Reset => "reset",
            Self::LoseReply => "reply lost",
            Self::Hang => "hang",
            Self::Slow(_) => "slow",
        }
    }
}

impl Aim {
    fn covers(&self, request: &Request) -> bool {
        let (service, operation) = match self.operation.split_once(':') {
            Some((service, operation)) => (Some(service), operation),
            None => (None, self.operation.as_str()),
        };
        let is_operation = match operation.strip_suffix('*') {
            Some(start) => request.operation.starts_with(start),
            None => request.operation == operation,
        };
        is_operation
            && service.is_none_or(|service| service == request.service.name())
            && self.param.as_ref().is_none_or(|wanted| {
                request.params.pairs().iter().any(|(_, value)| value == wanted)
            })
    }
}

impl State {
    /// The effect of the first fault that strikes the request.
    pub(super) fn strike(&mut self, request: &Request) -> Option<Effect> {
        let mut struck = None;
        for Armed { aim, effect, label } in &mut self.faults {
            if !aim.covers(request) {
                continue;
            }
            if aim.percent < 100 && aim.percent <= self.world.machinery.ids.draw("fault") % 100 {
                continue;
            }
            if 0 < aim.after {
                aim.after -= 1;
                continue;
            }
            if aim.times != u32::MAX {
                aim.times = aim.times.saturating_sub(1);
            }
            struck = Some(effect.clone());
            *self.struck.entry(label.clone()).or_default() += 1;
            break;
        }
        self.faults.retain(|fault| 0 < fault.aim.times);
        struck
    }
}

impl Refusal {
    /// The refusal in the words of the service.
    pub(super) fn of(self, service: Service) -> AwsError {
        let is_ec2 = service == Service::Ec2;
        match self {
            Self::Throttled => service.throttled(),
            Self::Unavailable => AwsError::new(
                if is_ec2 { "Unavailable" } else { "ServiceUnavailable" },
                "The service is unavailable. Please try again shortly.",
            ),
            Self::Denied => service.denied(),
            Self::Error { code, message } => AwsError::new(code, message),
        }
    }
}
