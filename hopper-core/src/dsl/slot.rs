//! [`Slot`]: a named place for a step, and how to treat what will be put there.

use super::{
    encode::{Encoded, Piece, encode},
    hole::Hole,
    outputs::Cursor,
    reference::{Ref, StepRef},
    workflow::{Draft, Workflow},
};
use crate::{
    Outputs, Refs, Retry, Step,
    plan::{Node, PlanError, Settings},
    step::erased,
};
use std::{collections::BTreeSet, panic::Location, sync::Arc, time::Duration};

/// A named place for a step, and how to treat what will be put there.
///
/// `w.step("nat").retry(Retry::times(3)).after(&igw).does(NatGateway { .. })`: name, then how,
/// then what.
#[must_use = "nothing is added until `does`"]
#[derive(Debug)]
pub struct Slot {
    workflow: Workflow,
    name: String,
    after: Vec<StepRef>,
    once: Vec<StepRef>,
    undo_before: Vec<StepRef>,
    undo_after: Vec<StepRef>,
    outlives: Vec<StepRef>,
    settings: Settings,
}

impl Slot {
    pub(super) fn new(workflow: Workflow, name: String) -> Self {
        Self {
            workflow,
            name,
            after: Vec::new(),
            once: Vec::new(),
            undo_before: Vec::new(),
            undo_after: Vec::new(),
            outlives: Vec::new(),
            settings: Settings::default(),
        }
    }

    /// Runs after a step whose output this one does not use, and is undone before it.
    pub fn after(mut self, other: &impl Refs) -> Self {
        self.after.extend(other.steps());
        self.once.extend(other.gates());
        self
    }

    /// Is undone before another step is, though it may run at any time; and before the steps that
    /// the other's value waits for, if it is a value that does ([`once`](crate::Input::once)).
    ///
    /// Reversing the order of creation is not always a safe order of undoing: an instance with a
    /// public address has to go before the internet gateway does, and never needed it to start.
    pub fn undo_before(mut self, other: &impl Refs) -> Self {
        self.undo_before.extend(other.steps().into_iter().chain(other.gates()));
        self
    }

    /// Is undone after another step is, though it may run at any time: the same edge as
    /// [`undo_before`](Self::undo_before), for when the other step is written first.
    ///
    /// With it a circle can be written, which [`Workflow::plan`] refuses.
    pub fn undo_after(mut self, other: &impl Refs) -> Self {
        self.undo_after.extend(other.steps());
        self
    }

    /// Needs another step in order to run, and not any more: the other may be undone first.
    ///
    /// A step that uses another's output is undone before it. That is needlessly strict for an
    /// image and the machine it was made of: the machine may go at any time.
    pub fn outlives(mut self, other: &impl Refs) -> Self {
        self.outlives.extend(other.steps());
        self
    }

    /// How often and how patiently it is tried again; [`Retry::default`] says what applies
    /// otherwise.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.settings.retry = Some(retry);
        self
    }

    /// Asks the step to stop when one try takes longer than this.
    ///
    /// A call in flight is not dropped: the step sees [`Cx::cancelled`](crate::Cx::cancelled)
    /// and ends in its own time.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    /// Puts the step into a class that the engine [limits](crate::Engine::limit_class), e.g.
    /// `ec2-write`.
    pub fn class(mut self, class: &str) -> Self {
        self.settings.class = Some(class.into());
        self
    }

    /// Adds a step and returns typed references to its future output.
    ///
    /// A reference exists only once its step was added, so a cycle cannot be written.
    /// Anything else that is wrong is kept for [`Workflow::plan`], which reports every mistake
    /// with its place in the recipe.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "a step is given away where it is used")]
    pub fn does<S: Step>(self, step: S) -> <S::Output as Outputs>::Refs {
        let at = Location::caller();
        let name: Arc<str> = self.name.as_str().into();
        let encoded = encode(&step);
        let mut draft = self.workflow.draft();
        let workflow = self.workflow.shared.id;
        let mut wrong = Wrong { name: &name, at, workflow, foreign: BTreeSet::new() };

        wrong.name(&mut draft);
        let Encoded { pieces, once } = encoded.unwrap_or_else(|why| {
            wrong.say(&mut draft, why);
            Encoded::default()
        });
        let data = wrong.own(&mut draft, refs(&pieces).map(|r| &r.step));
        let after = &wrong.own(&mut draft, self.after.iter()) - &data;
        let rests_on = &data | &after;
        let once = wrong.own(&mut draft, once.iter().chain(&self.once));
        let undo_before = wrong.own(&mut draft, self.undo_before.iter());
        let undo_after = wrong.own(&mut draft, self.undo_after.iter());
        let outlives = &wrong.own(&mut draft, self.outlives.iter()) & &rests_on;
        let rests_on = &rests_on - &outlives;
        let node = Node {
            name: name.clone(),
            step: erased::<S>(),
            at,
            once: once.difference(&(&data | &after)).copied().collect(),
            after: after.into_iter().collect(),
            outlives: outlives.into_iter().collect(),
            undo_before: undo_before.difference(&rests_on).copied().collect(),
            data: data.into_iter().collect(),
            pieces: pieces.into(),
            settings: self.settings,
        };
        let index = draft.nodes.len();
        for other in undo_after {
            if let Some(other) = draft.nodes.get_mut(other) {
                other.undo_before = other.undo_before.iter().copied().chain([index]).collect();
            }
        }
        draft.by_name.entry(name.clone()).or_insert(index);
        draft.nodes.push(node);
        let step = StepRef { workflow, index, name, at };
        Refs::new(Cursor(Ref { step, path: Vec::new() }))
    }
}

/// Every reference in the text.
fn refs(pieces: &[Piece]) -> impl Iterator<Item = &Ref> {
    let holes = pieces.iter().filter_map(|piece| match piece {
        Piece::Hole(hole) => Some(&**hole),
        Piece::Json(_) => None,
    });
    holes.flat_map(Hole::refs)
}

/// What may be wrong with one step.
struct Wrong<'a> {
    name: &'a Arc<str>,
    at: &'static Location<'static>,
    workflow: u64,
    /// The steps of other workflows already told of.
    foreign: BTreeSet<(u64, usize)>,
}

impl Wrong<'_> {
    fn say(&mut self, draft: &mut Draft, problem: impl Into<String>) {
        let (step, at) = (self.name.to_string(), self.at);
        draft.errors.push(PlanError { step, problem: problem.into(), at });
    }

    fn name(&mut self, draft: &mut Draft) {
        let legal = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        if self.name.split('/').any(str::is_empty) || !self.name.chars().all(legal) {
            self.say(draft, "a name is made of letters, digits, `-`, `_`, `.` and `/`");
        }
        if let Some(first) = draft.by_name.get(self.name).and_then(|&i| draft.nodes.get(i)) {
            let problem = format!("added before, at {}:{}", first.at.file(), first.at.line());
            self.say(draft, problem);
        }
    }

    /// The indices of the steps referred to, which must be of this workflow.
    fn own<'r>(
        &mut self,
        draft: &mut Draft,
        refs: impl Iterator<Item = &'r StepRef>,
    ) -> BTreeSet<usize> {
        let mut own = BTreeSet::new();
        for r in refs {
            if r.workflow == self.workflow {
                own.insert(r.index);
            } else if self.foreign.insert((r.workflow, r.index)) {
                let (name, file, line) = (&r.name, r.at.file(), r.at.line());
                self.say(
                    draft,
                    format!(
                        "`{name}` belongs to another workflow, where it was added at {file}:{line}"
                    ),
                );
            }
        }
        own
    }
}
