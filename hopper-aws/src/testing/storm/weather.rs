//! [`Weather`]: what goes wrong in a run, as its seed has it.

use super::{
    FaultKind,
    climate::Climate,
    trouble::{How, QUOTAS, Trouble},
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore as _, SeedableRng as _},
};
use std::{fmt, time::Duration};

/// Everything that goes wrong in a run: a function of its seed, and of what the recipe does in
/// calm weather.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Weather(pub(super) Vec<Trouble>);

impl Weather {
    /// The weather of a seed: six in ten are mild, with one trouble or two; one in ten is wild.
    pub(super) fn of(seed: u64, climate: &Climate) -> Self {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
        let n = match dice.below(10) {
            0..=5 => 1 + dice.below(2),
            6..=8 => 3 + dice.below(4),
            _ => 7 + dice.below(8),
        };
        let mut troubles = Vec::<Trouble>::new();
        for _ in 0..n {
            let drawn = dice.below(FaultKind::ALL.len() as u64);
            let Some(&kind) = FaultKind::ALL.get(drawn as usize) else { continue };
            let comes_once = matches!(
                kind,
                FaultKind::LateVisibility
                    | FaultKind::Quota
                    | FaultKind::SlowUndo
                    | FaultKind::RefusedUndo
                    | FaultKind::Crash
            );
            if comes_once && troubles.iter().any(|trouble| trouble.kind == kind) {
                continue;
            }
            let how = dice.how(kind, climate);
            troubles.extend(how.map(|how| Trouble { kind, how }));
        }
        Self(troubles)
    }

    /// Whether it has a trouble of a kind.
    pub(super) fn has(&self, kind: FaultKind) -> bool {
        self.0.iter().any(|trouble| trouble.kind == kind)
    }
}

/// Random numbers from a seed.
struct Dice(ChaCha8Rng);

impl Dice {
    /// A number from 0 on, below this one.
    fn below(&mut self, n: u64) -> u64 {
        self.0.next_u64() % n.max(1)
    }

    fn count(&mut self, n: u32) -> u32 {
        u32::try_from(self.below(n.into())).unwrap_or_default()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap_or_default())
    }

    fn moment(&mut self, within: Duration) -> How {
        let millis = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        let at = Duration::from_millis(self.below(millis));
        How::Moment { at, drawn: self.0.next_u64() }
    }

    fn calls(&mut self, of: &[(String, u32)], most: u32) -> Option<How> {
        let (operation, after) = self.one(of)?.clone();
        Some(How::Calls { operation, after, times: 1 + self.count(most) })
    }

    fn doom(
        &mut self,
        operation: &'static str,
        (n, most): (u32, u32),
        codes: &[&'static str],
    ) -> Option<How> {
        let code = self.one(codes)?;
        let (after, times) = (self.count(n), 1 + self.count(most));
        (0 < n).then_some(How::Doom { operation, after, times, code })
    }

    /// How a trouble of a kind comes about, if the recipe gives it an occasion.
    fn how(&mut self, kind: FaultKind, climate: &Climate) -> Option<How> {
        let n = |operation| climate.n(operation);
        match kind {
            FaultKind::Throttled => self.calls(&climate.calls, 3),
            FaultKind::ServerError | FaultKind::Reset => self.calls(&climate.calls, 2),
            FaultKind::LostReply | FaultKind::Hang | FaultKind::Slow => {
                self.calls(&climate.calls, 1)
            }
            FaultKind::LateVisibility => Some(How::Setting(1 + self.count(30))),
            FaultKind::NoCapacity if self.below(2) == 0 && 0 < n("CreateAutoScalingGroup") => {
                self.doom("Launch", (1, 3), &["InsufficientInstanceCapacity"])
            }
            FaultKind::NoCapacity if 0 < n("RunInstances") => {
                let after = self.count(n("RunInstances"));
                let operation = "ec2:RunInstances".to_owned();
                Some(How::Calls { operation, after, times: 1 + self.count(6) })
            }
            FaultKind::NoCapacity => None,
            FaultKind::FailedNatGateway => {
                let codes = ["InsufficientFreeAddressesInSubnet", "InternalError"];
                self.doom("CreateNatGateway", (n("CreateNatGateway"), 2), &codes)
            }
            FaultKind::FailedImage => {
                let operation = if 0 < n("CreateImage") { "CreateImage" } else { "CopyImage" };
                self.doom(operation, (n(operation), 2), &["Server.InternalError"])
            }
            FaultKind::DyingInstance => {
                let codes = ["Server.InternalError", "Server.InsufficientInstanceCapacity"];
                self.doom("RunInstances", (n("RunInstances"), 2), &codes)
            }
            FaultKind::KilledInstance if n("RunInstances") == 0 => None,
            FaultKind::LingeringInterface if n("CreateSubnet") == 0 => None,
            FaultKind::KilledInstance | FaultKind::Crash => {
                Some(self.moment(climate.took.0 + climate.took.1))
            }
            FaultKind::LingeringInterface => Some(self.moment(climate.took.0)),
            FaultKind::Quota => {
                let quotas: Vec<_> = (0..QUOTAS.len()).filter(|i| 0 < n(QUOTAS[*i].0)).collect();
                let quota = *self.one(&quotas)?;
                let limit = self.count(n(QUOTAS[quota].0).min(4));
                Some(How::Quota { quota, limit: limit as usize })
            }
            FaultKind::Refused => {
                let (operation, after) = (*self.one(&climate.changes(false))?).clone();
                Some(How::Calls { operation, after, times: 1 })
            }
            FaultKind::SlowUndo => Some(How::Setting(2 + self.count(4))),
            FaultKind::RefusedUndo => {
                let (operation, after) = (*self.one(&climate.changes(true))?).clone();
                Some(How::Calls { operation, after, times: u32::MAX })
            }
        }
    }
}

impl fmt::Display for Weather {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, trouble) in self.0.iter().enumerate() {
            write!(f, "{}{trouble}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}
