//! [`Holder`]: who may write, as the entries tell.

use super::{JournalError, Owner, Record};
use std::time::{Duration, SystemTime};

/// Who may write: a fold over the entries.
#[derive(Clone, Debug, Default)]
pub struct Holder {
    epoch: u64,
    last: u64,
    /// The lease that was not given back, and when it began.
    lease: Option<(Owner, u64)>,
}

impl Holder {
    /// The highest epoch seen; 0 before the first.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Takes in the next record.
    pub fn see(&mut self, epoch: u64, at: u64, record: &Record) {
        match record {
            Record::Lease { owner } if self.epoch < epoch => {
                self.lease = Some((owner.clone(), at));
            }
            Record::Release {} => self.lease = None,
            _ => {}
        }
        self.epoch = self.epoch.max(epoch);
        self.last = at;
    }

    /// The epoch of a successor at `now`; `alive` is whether the holder may still be at work.
    ///
    /// # Errors
    ///
    /// [`JournalError::Busy`] while a living holder's lease lasts.
    pub fn succeed(&self, now: u64, alive: bool) -> Result<u64, JournalError> {
        let last = Duration::from_millis(self.last);
        let lasts = |owner: &Owner| Duration::from_millis(now) < last.saturating_add(owner.lease());
        match &self.lease {
            Some((owner, since)) if alive && lasts(owner) => {
                Err(JournalError::Busy { owner: owner.clone(), since: date(*since) })
            }
            _ => Ok(self.epoch.saturating_add(1)),
        }
    }
}

/// A time as text; one after 9999-12-31T23:59:59Z, where RFC 3339 ends, as that.
fn date(at: u64) -> String {
    let time = Duration::from_millis(at.min(253_402_300_799_000));
    humantime::format_rfc3339_seconds(SystemTime::UNIX_EPOCH + time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(records: impl IntoIterator<Item = (u64, u64, Record)>) -> Holder {
        let mut holder = Holder::default();
        for (epoch, at, record) in records {
            holder.see(epoch, at, &record);
        }
        holder
    }

    fn lease(name: &str) -> Record {
        Record::Lease { owner: Owner::new(name) }
    }

    #[test]
    fn the_first_epoch_is_1() {
        assert_eq!(Holder::default().succeed(0, true).unwrap(), 1);
    }

    #[test]
    fn a_lease_lasts_from_its_owners_last_record() {
        let holder =
            holder([(1, 5_000, lease("a")), (1, 90_000, Record::Unwinding { why: "".into() })]);
        let busy = holder.succeed(149_999, true).unwrap_err();
        assert!(busy.to_string().contains("in use by a since 1970-01-01T00:00:05Z"), "{busy}");
        assert_eq!(holder.succeed(150_000, true).unwrap(), 2);
        assert_eq!(holder.succeed(90_001, false).unwrap(), 2, "a dead owner needs no waiting for");
    }

    #[test]
    fn every_owners_own_lease_counts() {
        let owner = Owner::new("a").with_lease(Duration::from_secs(5));
        let holder = holder([(1, 1_000, Record::Lease { owner })]);
        assert!(holder.succeed(5_999, true).is_err());
        assert_eq!(holder.succeed(6_000, true).unwrap(), 2);
    }

    #[test]
    fn a_lease_that_is_renewed_began_when_it_was_taken() {
        let holder = holder([(3, 1_000, lease("a")), (3, 20_000, lease("a"))]);
        let busy = holder.succeed(20_000, true).unwrap_err();
        assert!(busy.to_string().contains("00:00:01Z"), "{busy}");
    }

    #[test]
    fn a_lease_given_back_is_free() {
        let holder = holder([(1, 5, lease("a")), (1, 6, Record::Release {})]);
        assert_eq!(holder.succeed(6, true).unwrap(), 2);
    }

    #[test]
    fn any_time_can_be_told() {
        assert_eq!(date(1_767_225_600_999), "2026-01-01T00:00:00Z");
        assert_eq!(date(u64::MAX), "9999-12-31T23:59:59Z");
    }
}
