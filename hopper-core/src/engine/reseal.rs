//! Sealing a journal's secrets with another key.

use super::{Engine, EngineError};
use crate::{
    Ledger,
    journal::{Lease, Record, millis},
};

impl Engine {
    /// Seals anew, with the keyring's current key, what older keys of it sealed in the journal,
    /// and says of how many steps. They are needed no more to go on with the run.
    ///
    /// What they sealed stays in the journal's past, for whoever has them.
    ///
    /// # Errors
    ///
    /// When the journal is busy, cannot be read or written, or has no run; when a secret is sealed
    /// with a key that the keyring does not have.
    pub async fn reseal(&self) -> Result<usize, EngineError> {
        let lease = self.journal.acquire(&self.owner, millis(self.clock.now())).await?;
        let resealed = self.reseal_under(&lease).await;
        let released = self.journal.release(lease, millis(self.clock.now())).await;
        let resealed = resealed?;
        released?;
        Ok(resealed)
    }

    async fn reseal_under(&self, lease: &Lease) -> Result<usize, EngineError> {
        let mut ledger = Ledger::of(&self.journal.read().await?);
        if ledger.run().is_none() {
            return Err(EngineError::NoRun);
        }
        let vault = self.vault(&ledger);
        let records: Vec<Record> =
            vault.open(&mut ledger)?.into_iter().map(|r| vault.sealed(r, &ledger)).collect();
        let resealed = records.len();
        if resealed != 0 {
            let records: Vec<Record> = ledger.in_new_format().into_iter().chain(records).collect();
            self.journal.append(lease, millis(self.clock.now()), &records).await?;
        }
        Ok(resealed)
    }
}
