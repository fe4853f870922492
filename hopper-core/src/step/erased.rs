//! [`ErasedStep`]: a step without its types, as the engine sees it.
//!
//! No instance is kept: the step is rebuilt from its journaled inputs whenever it acts, so
//! running, resuming and undoing are the same code.

use super::{Cx, Drift, Found, Made, OnUnknown, Step, StepError};
use crate::{Envs, dsl::encode_plain, journal::Data, seal::Known};
use futures_util::future::BoxFuture;
use std::{
    any::{TypeId, type_name},
    marker::PhantomData,
};

/// What [`ErasedStep::undo`] has to take back.
pub(crate) type ErasedMade = Option<Data>;

pub(crate) trait ErasedStep: Send + Sync {
    fn kind(&self) -> &'static str;
    fn on_unknown(&self) -> OnUnknown;
    fn atomic(&self) -> bool;
    fn reads(&self) -> bool;
    fn updates(&self) -> &'static [&'static str];
    fn renews(&self) -> &'static [&'static str];
    fn env(&self) -> (TypeId, &'static str);
    /// An output that somebody gave, in the step's own words.
    fn as_output(&self, output: &Data) -> Result<Data, StepError>;
    /// Inputs as this version of the step would journal them; none when it cannot read them.
    fn renewed(&self, recorded: &Data) -> Option<Data>;
    fn run<'a>(&self, inputs: &'a Data, cx: &'a Cx) -> BoxFuture<'a, Result<Data, StepError>>;
    fn find<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
    ) -> BoxFuture<'a, Result<Found<Data>, StepError>>;
    fn undo<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        made: ErasedMade,
    ) -> BoxFuture<'a, Result<(), StepError>>;
    fn update<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        was: &'a Data,
        output: &'a Data,
    ) -> BoxFuture<'a, Result<Data, StepError>>;
    fn check<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        output: &'a Data,
    ) -> BoxFuture<'a, Result<Vec<Drift>, StepError>>;
}

struct Erased<S>(PhantomData<fn() -> S>);

impl<S: Step> Erased<S> {
    const VTABLE: &'static dyn ErasedStep = &Self(PhantomData);
}

/// The engine's view of a step type.
pub(crate) fn erased<S: Step>() -> &'static dyn ErasedStep {
    Erased::<S>::VTABLE
}

fn decode<T: serde::de::DeserializeOwned>(
    known: &Known,
    what: &str,
    data: &Data,
) -> Result<T, StepError> {
    known.learn(data);
    data.decode().map_err(|e| {
        StepError::permanent(format_args!("cannot decode the step's {what}: {e}")).unstarted()
    })
}

fn encode<T: serde::Serialize>(known: &Known, output: &T) -> Result<Data, StepError> {
    let data = encode_plain(output)
        .map(Data::from_text)
        .map_err(|e| StepError::permanent(format_args!("cannot encode the step's output: {e}")))?;
    known.learn(&data);
    Ok(data)
}

fn env<S: Step>(envs: &Envs) -> Result<&S::Env, StepError> {
    envs.get::<S::Env>().ok_or_else(|| {
        let wanted = type_name::<S::Env>();
        StepError::permanent(format_args!("no environment {wanted} was given")).unstarted()
    })
}

impl<S: Step> ErasedStep for Erased<S> {
    fn kind(&self) -> &'static str {
        S::KIND
    }

    fn on_unknown(&self) -> OnUnknown {
        S::ON_UNKNOWN
    }

    fn atomic(&self) -> bool {
        S::ATOMIC
    }

    fn reads(&self) -> bool {
        S::READS
    }

    fn updates(&self) -> &'static [&'static str] {
        S::UPDATES
    }

    fn renews(&self) -> &'static [&'static str] {
        S::RENEWS
    }

    fn env(&self) -> (TypeId, &'static str) {
        (TypeId::of::<S::Env>(), type_name::<S::Env>())
    }

    fn as_output(&self, output: &Data) -> Result<Data, StepError> {
        let known = Known::default();
        encode(&known, &decode::<S::Output>(&known, "output", output)?)
    }

    fn renewed(&self, recorded: &Data) -> Option<Data> {
        let step: S = recorded.get().ok()?;
        encode_plain(&step).ok().map(Data::from_text)
    }

    fn run<'a>(&self, inputs: &'a Data, cx: &'a Cx) -> BoxFuture<'a, Result<Data, StepError>> {
        Box::pin(async move {
            let step: S = decode(&cx.core.known, "inputs", inputs)?;
            let output = step.run(env::<S>(&cx.core.envs)?, cx).await?;
            encode(&cx.core.known, &output)
        })
    }

    fn find<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
    ) -> BoxFuture<'a, Result<Found<Data>, StepError>> {
        Box::pin(async move {
            let step: S = decode(&cx.core.known, "inputs", inputs)?;
            Ok(match step.find(env::<S>(&cx.core.envs)?, cx).await? {
                Found::Absent => Found::Absent,
                Found::Present(output) => Found::Present(encode(&cx.core.known, &output)?),
                Found::Underway => Found::Underway,
                Found::Partly => Found::Partly,
                Found::Conflict(why) => Found::Conflict(why),
            })
        })
    }

    fn undo<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        made: ErasedMade,
    ) -> BoxFuture<'a, Result<(), StepError>> {
        Box::pin(async move {
            let step: S = decode(&cx.core.known, "inputs", inputs)?;
            let output: Option<S::Output> =
                made.map(|data| decode(&cx.core.known, "output", &data)).transpose()?;
            let made = output.as_ref().map_or(Made::Partly, Made::Done);
            step.undo(env::<S>(&cx.core.envs)?, cx, made).await
        })
    }

    fn update<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        was: &'a Data,
        output: &'a Data,
    ) -> BoxFuture<'a, Result<Data, StepError>> {
        Box::pin(async move {
            let step: S = decode(&cx.core.known, "inputs", inputs)?;
            let was: S = decode(&cx.core.known, "earlier inputs", was)?;
            let output: S::Output = decode(&cx.core.known, "output", output)?;
            let output = step.update(env::<S>(&cx.core.envs)?, cx, &was, &output).await?;
            encode(&cx.core.known, &output)
        })
    }

    fn check<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        output: &'a Data,
    ) -> BoxFuture<'a, Result<Vec<Drift>, StepError>> {
        Box::pin(async move {
            let step: S = decode(&cx.core.known, "inputs", inputs)?;
            let output: S::Output = decode(&cx.core.known, "output", output)?;
            step.check(env::<S>(&cx.core.envs)?, cx, &output).await
        })
    }
}
