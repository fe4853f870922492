//! [`Call`]: a request on its way to its handler.

use serde::de::DeserializeOwned;

use super::error::validation;
use crate::wire::{Answer, AwsError, Request, from_params};
use crate::world::World;

/// A request on its way to its handler.
pub(super) struct Call<'a> {
    world: &'a mut World,
    request: &'a Request,
}

impl<'a> Call<'a> {
    pub(super) fn new(world: &'a mut World, request: &'a Request) -> Self {
        Self { world, request }
    }

    /// Reads the parameters and handles the request. What is wrong with them is a
    /// `ValidationError`, whatever it is.
    pub(super) fn run<I: DeserializeOwned>(
        self,
        handle: impl FnOnce(&mut World, &I) -> Answer,
    ) -> Answer {
        let input = from_params(&self.request.params)
            .map_err(|error| validation(AwsError::from(error).message))?;
        handle(self.world, &input)
    }
}
