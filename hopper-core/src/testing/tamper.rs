//! [`Tamper`]: a plan whose steps do something other than they should.

use crate::{
    Cx, Drift, Found, OnUnknown, Plan, StepError,
    journal::Data,
    step::{ErasedMade, ErasedStep},
};
use futures_util::future::BoxFuture;
use std::any::TypeId;

/// What is done to the steps of a plan.
#[derive(Clone, Debug)]
pub(super) enum Tamper {
    /// The step of this name is refused before it acts.
    Refuse(String),
    /// The step of this name acts, and fails all the same.
    FailAfter(String),
    /// Every step runs twice under the same token.
    RunTwice,
    /// Every step is undone twice.
    UndoTwice,
}

/// The message of every injected failure.
pub(super) const INJECTED: &str = "injected by the test";

impl Plan {
    /// The same plan with tampered steps.
    pub(super) fn tampered(&self, tamper: &Tamper) -> Self {
        let mut nodes = self.nodes.to_vec();
        for node in &mut nodes {
            // Steps are static; a test may leak a few bytes a plan.
            node.step = Box::leak(Box::new(Tampered { step: node.step, tamper: tamper.clone() }));
        }
        Self { name: self.name.clone(), nodes: nodes.into() }
    }
}

struct Tampered {
    step: &'static dyn ErasedStep,
    tamper: Tamper,
}

impl ErasedStep for Tampered {
    fn kind(&self) -> &'static str {
        self.step.kind()
    }
    fn on_unknown(&self) -> OnUnknown {
        self.step.on_unknown()
    }
    fn atomic(&self) -> bool {
        self.step.atomic()
    }
    fn reads(&self) -> bool {
        self.step.reads()
    }
    fn updates(&self) -> &'static [&'static str] {
        self.step.updates()
    }
    fn renews(&self) -> &'static [&'static str] {
        self.step.renews()
    }
    fn as_output(&self, output: &Data) -> Result<Data, StepError> {
        self.step.as_output(output)
    }
    fn env(&self) -> (TypeId, &'static str) {
        self.step.env()
    }
    fn renewed(&self, recorded: &Data) -> Option<Data> {
        self.step.renewed(recorded)
    }

    fn run<'a>(&self, inputs: &'a Data, cx: &'a Cx) -> BoxFuture<'a, Result<Data, StepError>> {
        let (step, tamper) = (self.step, self.tamper.clone());
        Box::pin(async move {
            match tamper {
                Tamper::Refuse(name) if name == cx.name() => {
                    Err(StepError::permanent(INJECTED).refused())
                }
                Tamper::FailAfter(name) if name == cx.name() => {
                    step.run(inputs, cx).await?;
                    Err(StepError::permanent(INJECTED))
                }
                Tamper::RunTwice => {
                    step.run(inputs, cx).await?;
                    step.run(inputs, cx).await
                }
                _ => step.run(inputs, cx).await,
            }
        })
    }

    fn find<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
    ) -> BoxFuture<'a, Result<Found<Data>, StepError>> {
        self.step.find(inputs, cx)
    }

    fn undo<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        made: ErasedMade,
    ) -> BoxFuture<'a, Result<(), StepError>> {
        let (step, twice) = (self.step, matches!(self.tamper, Tamper::UndoTwice));
        Box::pin(async move {
            step.undo(inputs, cx, made.clone()).await?;
            match twice {
                true => step.undo(inputs, cx, made).await,
                false => Ok(()),
            }
        })
    }

    fn update<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        was: &'a Data,
        output: &'a Data,
    ) -> BoxFuture<'a, Result<Data, StepError>> {
        let (step, twice) = (self.step, matches!(self.tamper, Tamper::RunTwice));
        Box::pin(async move {
            if twice {
                step.update(inputs, cx, was, output).await?;
            }
            step.update(inputs, cx, was, output).await
        })
    }

    fn check<'a>(
        &self,
        inputs: &'a Data,
        cx: &'a Cx,
        output: &'a Data,
    ) -> BoxFuture<'a, Result<Vec<Drift>, StepError>> {
        self.step.check(inputs, cx, output)
    }
}
