//! One run in the weather of its seed, judged.

use super::{
    FaultKind, StormEnd, StormSeed, climate::Climate, left, timeline::Timeline, trouble::How,
    weather::Weather,
};
use crate::testing::Stage;
use hopper_core::{
    EngineError, MemoryJournal, Outcome, Plan, Report,
    testing::{Lab as _, on_paused_time},
};
use hopper_mock::{Mock, World};
use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

/// What a process sets out to do.
#[derive(Clone, Copy, Debug)]
enum Aim {
    Run,
    Undo,
}

/// One seed's run.
struct Play<'a> {
    stage: &'a Stage,
    climate: &'a Climate,
    weather: Weather,
    plan: Plan,
    mock: Mock,
    before: World,
    journal: MemoryJournal,
    timeline: Timeline,
    /// Every report, one after the other.
    told: String,
}

/// Plays one seed.
pub(super) fn play(stage: &Stage, climate: &Climate, seed: u64) -> StormSeed {
    let weather = Weather::of(seed, climate);
    let mock = stage.world();
    let (before, n_before) = (mock.world(), mock.calls().len());
    weather.0.iter().for_each(|trouble| trouble.arm(&mock));
    let timeline = Timeline::new(&mock, &weather);
    let (plan, journal) = (stage.plan(), MemoryJournal::default());
    let mut play = Play {
        stage,
        climate,
        weather,
        plan,
        mock,
        before,
        journal,
        timeline,
        told: String::new(),
    };
    let end = play.play_out();
    StormSeed {
        seed,
        weather: play.weather.to_string(),
        struck: play.struck(),
        end,
        calls: play.mock.calls().len() - n_before,
        took: play.mock.now().since(play.before.now),
        reports: play.told,
    }
}

impl Play<'_> {
    fn play_out(&mut self) -> Result<StormEnd, String> {
        let mut report = self.until_it_ends(Aim::Run)?;
        let mut end = StormEnd::Undone;
        if report.outcome == Outcome::Done {
            end = StormEnd::Complete;
            if !self.timeline.has_meddled() {
                let picture = self.stage.picture(&self.mock);
                if picture != self.climate.picture {
                    return Err(format!(
                        "complete, yet another world:\n{picture}\n{}",
                        self.climate.picture
                    ));
                }
            }
            report = self.until_it_ends(Aim::Undo)?;
        }
        if report.outcome == Outcome::Stuck && self.weather.has(FaultKind::RefusedUndo) {
            end = StormEnd::Left;
            let wrong = left::difference(self.stage, &self.mock, &self.timeline, &report);
            if let Some(wrong) = wrong {
                return Err(wrong);
            }
            self.mock.heal();
            report = self.until_it_ends(Aim::Undo)?;
        }
        if report.outcome != Outcome::Undone {
            return Err(format!("{:?} in the end", report.outcome));
        }
        let left = self.stage.left(&self.mock);
        if !left.is_empty() {
            return Err(format!("undone, and left: {left:?}"));
        }
        // What has ended stays listed for an hour.
        self.mock.advance(Duration::from_secs(2 * 3600));
        let diff = self.mock.world().diff(&self.before);
        match diff.is_empty() {
            true => Ok(end),
            false => Err(format!("the world is not as before:\n{diff}")),
        }
    }

    /// One process after the other, until one has a report.
    fn until_it_ends(&mut self, first: Aim) -> Result<Report, String> {
        let mut aim = first;
        loop {
            let ended = self.process(aim);
            let dying = match self.told_of(ended)? {
                Some(report) => return Ok(report),
                None => self.weather.0.iter().find(|trouble| trouble.kind == FaultKind::Crash),
            };
            // What the next process shall do is drawn; without a record there is nothing to undo.
            let goes_on = dying.is_some_and(
                |trouble| matches!(trouble.how, How::Moment { drawn, .. } if drawn % 2 == 0),
            );
            aim = match (goes_on, self.journal.is_empty()) {
                (false, false) => Aim::Undo,
                _ => first,
            };
        }
    }

    /// One process; none if it died.
    fn process(&mut self, aim: Aim) -> Option<Result<Report, EngineError>> {
        let (stage, mock, plan, timeline) =
            (self.stage, &self.mock, &self.plan, &mut self.timeline);
        let journal = self.journal.clone();
        let ended = on_paused_time(async {
            let engine = stage.play(mock, journal);
            let act = async {
                match aim {
                    Aim::Run => engine.run(plan).await,
                    Aim::Undo => engine.undo().await,
                }
            };
            tokio::select! {
                biased;
                () = timeline.until_death() => None,
                report = act => Some(report),
            }
        });
        if ended.is_none() {
            // What it left is all that the next one knows.
            self.journal = self.journal.fork(self.journal.len());
        }
        ended
    }

    fn told_of(
        &mut self,
        ended: Option<Result<Report, EngineError>>,
    ) -> Result<Option<Report>, String> {
        match ended {
            None => self.told.push_str("the process died\n"),
            Some(Ok(report)) => {
                _ = writeln!(self.told, "{report}");
                return Ok(Some(report));
            }
            Some(Err(error)) => return Err(format!("the engine gave up: {error}")),
        }
        Ok(None)
    }

    /// How often each kind has struck.
    fn struck(&self) -> BTreeMap<FaultKind, u64> {
        let mut struck = self.timeline.struck.clone();
        let by_label = self.mock.struck();
        for &kind in FaultKind::ALL {
            let label = match kind {
                FaultKind::LateVisibility => "not visible yet",
                kind => kind.label(),
            };
            *struck.entry(kind).or_default() += by_label.get(label).copied().unwrap_or_default();
        }
        let calls = self.mock.calls();
        let n = |is: fn(&hopper_mock::Call) -> bool| calls.iter().filter(|c| is(c)).count() as u64;
        if self.weather.has(FaultKind::Quota) {
            let quotas = n(|c| {
                c.fault.is_none()
                    && c.outcome.ends_with("LimitExceeded")
                    && c.outcome != "RequestLimitExceeded"
            });
            *struck.entry(FaultKind::Quota).or_default() += quotas;
        }
        if self.weather.has(FaultKind::SlowUndo) {
            let slow = n(|c| {
                let slow = ["TerminateInstances", "DeleteNatGateway", "DeleteAutoScalingGroup"];
                c.outcome == "ok" && slow.contains(&c.operation.as_str())
            });
            *struck.entry(FaultKind::SlowUndo).or_default() += slow;
        }
        *struck.entry(FaultKind::LingeringInterface).or_default() += self.timeline.in_the_way();
        struck.retain(|_, n| 0 < *n);
        struck
    }
}
