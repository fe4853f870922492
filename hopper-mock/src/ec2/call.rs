//! [`Call`]: what is the same for every operation: reading the parameters, dry runs, client tokens.

use serde::de::DeserializeOwned;

use super::describe::{Describe, Selection, describe};
use crate::wire::{Answer, AwsError, Params, Request, from_params};
use crate::world::World;

/// A request on its way to its handler.
///
/// The order of checks is AWS's as far as it is known: syntax, dry run, existence, state.
pub(super) struct Call<'a> {
    world: &'a mut World,
    request: &'a Request,
}

impl<'a> Call<'a> {
    pub(super) fn new(world: &'a mut World, request: &'a Request) -> Self {
        Self { world, request }
    }

    /// An operation that knows `DryRun`.
    pub(super) fn run<I: DeserializeOwned>(
        self,
        handle: impl FnOnce(&mut World, &I) -> Answer,
    ) -> Answer {
        let mut params = self.request.params.clone();
        let dry_run = take_dry_run(&mut params)?;
        let input: I = from_params(&params)?;
        refuse_dry_run(dry_run)?;
        handle(self.world, &input)
    }

    /// One of the few operations that know no `DryRun`.
    pub(super) fn run_without_dry_run<I: DeserializeOwned>(
        self,
        handle: impl FnOnce(&mut World, &I) -> Answer,
    ) -> Answer {
        let input: I = from_params(&self.request.params)?;
        handle(self.world, &input)
    }

    /// An operation that takes a `ClientToken`: `make` makes the thing and gives its id, `show`
    /// answers with it. The same request with the same token shows what the first one made.
    pub(super) fn run_once<I: DeserializeOwned>(
        self,
        make: impl FnOnce(&mut World, &I) -> Result<String, AwsError>,
        show: impl FnOnce(&World, &str) -> Answer,
    ) -> Answer {
        let read = |params| Ok(from_params::<I>(&params)?);
        self.run_once_with(read, |world, input| make(world, &input), show)
    }

    /// The same for parameters that are read in a way of their own.
    pub(super) fn run_once_with<I>(
        self,
        read: impl FnOnce(Params) -> Result<I, AwsError>,
        make: impl FnOnce(&mut World, I) -> Result<String, AwsError>,
        show: impl FnOnce(&World, &str) -> Answer,
    ) -> Answer {
        let mut request = self.request.clone();
        let dry_run = take_dry_run(&mut request.params)?;
        let token = take_text(&mut request.params, "ClientToken")?;
        let input = read(request.params.clone())?;
        refuse_dry_run(dry_run)?;
        let id = self.world.once(&request, token.as_deref(), |world| make(world, input))?;
        show(self.world, &id)
    }

    /// A describe by ids, filters and pages.
    pub(super) fn describe<D: Describe>(self) -> Answer {
        self.describe_with::<D>(|world, selection| describe::<D>(world, selection))
    }

    /// A describe by ids, filters and pages whose answer has a shape of its own.
    pub(super) fn describe_with<D: Describe>(
        self,
        answer: impl FnOnce(&mut World, &Selection) -> Answer,
    ) -> Answer {
        let mut params = self.request.params.clone();
        let dry_run = take_dry_run(&mut params)?;
        let selection = Selection::read::<D>(params)?;
        refuse_dry_run(dry_run)?;
        answer(self.world, &selection)
    }
}

fn take_text(params: &mut Params, name: &str) -> Result<Option<String>, AwsError> {
    match params.remove(name) {
        None => Ok(None),
        Some(Params::Text(text)) => Ok(Some(text)),
        Some(Params::Tree(_)) => {
            Err(AwsError::invalid_value(name, "a structure", "It must be a value."))
        }
    }
}

fn take_dry_run(params: &mut Params) -> Result<bool, AwsError> {
    match take_text(params, "DryRun")?.as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(AwsError::invalid_value("DryRun", other, "It must be true or false.")),
    }
}

fn refuse_dry_run(dry_run: bool) -> Result<(), AwsError> {
    if !dry_run {
        return Ok(());
    }
    Err(AwsError::new("DryRunOperation", "Request would have succeeded, but DryRun flag is set."))
}
