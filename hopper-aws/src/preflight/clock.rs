//! [`Watch`]: by how much the clocks here and there differ.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{DateTime, config_bag::ConfigBag, date_time::Format};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// AWS refuses what was signed more than five minutes ago, or will be in five minutes ("Elements
/// of an AWS API request signature", IAM user guide); a minute is left for the way.
pub(super) const TOLERATED: Duration = Duration::from_secs(4 * 60);

/// Notes by how much the clocks differ, when an answer arrives, whatever it says.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<Mutex<Option<Skew>>>);

/// By how much the clock here is wrong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Skew {
    pub(super) by: Duration,
    pub(super) is_ahead: bool,
}

impl Watch {
    /// What was noted.
    pub(super) fn skew(&self) -> Option<Skew> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let there = context.response().headers().get("date");
        let there = there.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        let there = there.and_then(|date| SystemTime::try_from(date).ok());
        let here = components.time_source().map(|source| source.now());
        if let (Some(there), Some(here)) = (there, here) {
            let skew = match here.duration_since(there) {
                Ok(by) => Skew { by, is_ahead: true },
                Err(behind) => Skew { by: behind.duration(), is_ahead: false },
            };
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
        }
        Ok(())
    }
}
