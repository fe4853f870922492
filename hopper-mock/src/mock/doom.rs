//! [`Doom`]: calls that are accepted and come to nothing.

use super::Mock;
use crate::world;

/// A failure that comes later than the call: the NAT gateway that ends in `failed`, the instance
/// that AWS terminates at once. What it says arms it.
///
/// # Default
/// It concerns the next call of the operation that is accepted, once.
///
/// ```
/// # let mock = hopper_mock::Mock::builder().build();
/// mock.doom("CreateNatGateway").with("InsufficientFreeAddressesInSubnet");
/// mock.doom("RunInstances").after(1).with("Server.InsufficientInstanceCapacity");
/// // The next launch of an Auto Scaling group is refused by EC2; the group tries again later.
/// mock.doom("Launch").with("InsufficientInstanceCapacity");
/// ```
#[derive(Debug)]
#[must_use = "a doom is armed by `.with(code)`"]
pub struct Doom<'a> {
    mock: &'a Mock,
    operation: String,
    after: u32,
    times: u32,
    label: Option<String>,
}

impl<'a> Doom<'a> {
    pub(super) fn new(mock: &'a Mock, operation: &str) -> Self {
        Self { mock, operation: operation.to_owned(), after: 0, times: 1, label: None }
    }

    /// Concerns this many accepted calls.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Lets this many accepted calls pass first.
    pub fn after(mut self, after: u32) -> Self {
        self.after = after;
        self
    }

    /// Counts what it strikes under this label in [`Mock::struck`]; otherwise it is counted under
    /// `doomed` and the operation.
    pub fn label(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }

    /// The code the thing fails with.
    pub fn with(self, code: &str) {
        let Self { mock, operation, after, times, label } = self;
        let label = label.unwrap_or_else(|| format!("doomed {operation}"));
        let doom = world::Doom { operation, after, times, code: code.to_owned(), label };
        mock.edit(|world| world.machinery.dooms.add(doom));
    }
}
