//! [`Poller`]: waits that share their looks.

use crate::{Aws, pace::Pace, resource::Polled};
use hopper_core::{Class, Cx, StepError};
use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Looks that are due within this time are taken together.
const WINDOW: Duration = Duration::from_secs(1);

/// What has no states is looked at this much later, together with what was made meanwhile.
const GATHERING: Duration = Duration::from_millis(20);

/// Visible at once, mostly; the EC2 guide ("Eventual consistency") speaks of up to minutes.
const VISIBLE: Pace = Pace::secs(1, 1, 300);

/// What a look says about a wait.
#[derive(Debug)]
pub enum Verdict<T> {
    /// It is over.
    Ready(T),
    /// It goes on; the text is the state, e.g. `pending`.
    NotYet(String),
    /// It cannot end well.
    Never(StepError),
}

/// Waits until something is as wanted; waits for the same kind of thing share their describes.
///
/// `judge` is given what is visible of it. `age` is how long ago the thing was begun.
///
/// # Errors
///
/// What `judge` says, that the deadline has passed, that the step was asked to stop, or that
/// AWS cannot be asked.
pub async fn until<R: Polled, T: Send>(
    aws: &Aws,
    cx: &Cx,
    id: &str,
    pace: Pace,
    age: Duration,
    judge: impl FnMut(Option<&R>) -> Verdict<T> + Send,
) -> Result<T, StepError> {
    wait(aws, cx, id, (pace, age, Duration::ZERO), judge).await
}

/// As [`until`], but for when the first look is: not before `first`.
async fn wait<R: Polled, T: Send>(
    aws: &Aws,
    cx: &Cx,
    id: &str,
    (pace, age, first): (Pace, Duration, Duration),
    mut judge: impl FnMut(Option<&R>) -> Verdict<T> + Send,
) -> Result<T, StepError> {
    let (began, board) = (Instant::now(), aws.poller().board::<R>());
    let place = Place::new(&board, id);
    let mut state = "not visible".to_owned();
    let mut troubles: u32 = 0;
    let mut seen_at = None;
    for look in pace.looks(age) {
        let due = began + look.max(first);
        if seen_at.is_some_and(|at| due <= at) && look < pace.deadline {
            continue; // somebody else's look has served this one
        }
        place.due(due);
        cx.sleep(due.saturating_duration_since(Instant::now())).await?;
        let seen = tokio::select! {
            biased;
            why = cx.cancelled() => return Err(why.error()),
            seen = board.look(aws, cx, id, seen_at) => seen,
        };
        match seen {
            Ok((at, thing)) => {
                (seen_at, troubles) = (Some(at), 0);
                match judge(thing.as_ref()) {
                    Verdict::Ready(value) => return Ok(value),
                    Verdict::Never(error) => return Err(error),
                    Verdict::NotYet(now) => state = now,
                }
                let waited = (age + began.elapsed()).as_secs();
                cx.progress(format_args!("{id} is {state} after {waited} s"));
            }
            Err(error) if matches!(error.class(), Class::Transient | Class::Throttled) => {
                troubles += 1;
                // Looks missed while backing off are not made up for.
                seen_at = Some(Instant::now() + WINDOW * 2u32.saturating_pow(troubles));
                state = format!("not to be seen: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    let deadline = pace.deadline.as_secs();
    Err(StepError::permanent(format_args!("{id} is still {state} after {deadline} s"))
        .with_hint("look at it in the AWS console, then resume or undo"))
}

/// Waits until something that has no states is visible, so that whoever uses it next, even after
/// a crash, is not told that it does not exist.
///
/// # Errors
///
/// As [`until`].
pub async fn visible<R: Polled>(aws: &Aws, cx: &Cx, id: &str) -> Result<R, StepError> {
    let looks = (VISIBLE, Duration::ZERO, GATHERING);
    wait(aws, cx, id, looks, |thing: Option<&R>| match thing {
        Some(thing) => Verdict::Ready(thing.clone()),
        None => Verdict::NotYet("not visible".to_owned()),
    })
    .await
}

/// The waits of all steps, by kind of thing.
#[derive(Debug, Default)]
pub(crate) struct Poller(Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Poller {
    fn board<R: Polled>(&self) -> Arc<Board<R>> {
        let mut boards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let board = boards
            .entry(TypeId::of::<R>())
            .or_insert_with(|| Arc::new(Board::<R>::default()))
            .clone();
        board.downcast().unwrap_or_default()
    }
}

/// The waits for one kind of thing.
#[derive(Debug)]
struct Board<R> {
    /// Who describes.
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<BTreeMap<String, Waiting<R>>>,
}

impl<R> Default for Board<R> {
    fn default() -> Self {
        Self { turn: tokio::sync::Mutex::default(), waiting: Mutex::default() }
    }
}

/// A thing that is waited for.
#[derive(Debug)]
struct Waiting<R> {
    n_waits: usize,
    due: Instant,
    /// When it was looked at last, and what was seen.
    seen: Option<(Instant, Option<R>)>,
}

impl<R: Polled> Board<R> {
    /// Looks at the thing, together with whatever else is due; or takes what another wait has
    /// seen since this one last looked, if it is a moment ago.
    async fn look(
        &self,
        aws: &Aws,
        cx: &Cx,
        id: &str,
        known: Option<Instant>,
    ) -> Result<(Instant, Option<R>), StepError> {
        let asked = Instant::now();
        let _turn = self.turn.lock().await;
        let is_news = |at: Instant| known < Some(at) && asked < at + WINDOW;
        if let Some((at, thing)) = self.seen(id).filter(|(at, _)| is_news(*at)) {
            return Ok((at, thing));
        }
        let (at, ids) = (Instant::now(), self.due(id));
        let things = R::look_up(aws, cx, ids.clone()).await?;
        let mut waiting = self.lock();
        for id in ids {
            if let Some(waiting) = waiting.get_mut(&id) {
                waiting.seen = Some((at, things.iter().find(|thing| thing.key() == id).cloned()));
            }
        }
        drop(waiting);
        Ok(self.seen(id).unwrap_or((at, None)))
    }

    fn seen(&self, id: &str) -> Option<(Instant, Option<R>)> {
        self.lock().get(id).and_then(|waiting| waiting.seen.clone())
    }

    /// This id, and those that are due as well.
    fn due(&self, id: &str) -> Vec<String> {
        let soon = Instant::now() + WINDOW;
        let waiting = self.lock();
        let others = waiting.iter().filter(|(other, w)| *other != id && w.due <= soon);
        std::iter::once(id.to_owned())
            .chain(others.map(|(other, _)| other.clone()))
            .take(R::MOST)
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Waiting<R>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait's place on the board, given up when the wait ends.
struct Place<'a, R: Polled> {
    board: &'a Board<R>,
    id: &'a str,
}

impl<'a, R: Polled> Place<'a, R> {
    fn new(board: &'a Board<R>, id: &'a str) -> Self {
        let mut waiting = board.lock();
        let place = waiting.entry(id.to_owned()).or_insert_with(|| Waiting {
            n_waits: 0,
            due: Instant::now(),
            seen: None,
        });
        place.n_waits += 1;
        drop(waiting);
        Self { board, id }
    }

    fn due(&self, at: Instant) {
        if let Some(waiting) = self.board.lock().get_mut(self.id) {
            waiting.due = at;
        }
    }
}

impl<R: Polled> Drop for Place<'_, R> {
    fn drop(&mut self) {
        let mut waiting = self.board.lock();
        if let Some(place) = waiting.get_mut(self.id) {
            place.n_waits -= 1;
            if place.n_waits == 0 {
                waiting.remove(self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests;
