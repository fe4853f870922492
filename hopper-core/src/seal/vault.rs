//! [`Vault`]: the way of secrets into a journal, and out of it.

use super::{Keyring, SealError, SealingKey, cipher::Place};
use crate::{
    Ledger, Record,
    dsl::{Veiled, may_hold, with_veils},
    journal::{Data, INPUTS},
    ledger::WAS,
};
use std::{collections::BTreeMap, convert::Infallible};

/// The way of one run's secrets into its journal, and out of it.
///
/// Without keys it withholds them.
#[derive(Debug)]
pub(crate) struct Vault {
    keyring: Option<Keyring>,
    run: String,
}

impl Vault {
    pub(crate) fn new(keyring: Option<Keyring>, run: &str) -> Self {
        Self { keyring, run: run.to_owned() }
    }

    /// The record as the journal is to keep it. The ledger knows it already.
    pub(crate) fn sealed(&self, mut record: Record, ledger: &Ledger) -> Record {
        record.each_value(&mut |step, value, data| {
            if !may_hold(data.text()) {
                return;
            }
            let generation = ledger.get(step).map_or(0, |a| a.started.generation);
            let text = with_veils(data.text(), |pointer, veiled| {
                let value = place_of(value);
                let place = Place { run: &self.run, step, generation, value, pointer };
                Ok::<_, Infallible>(match (veiled, &self.keyring) {
                    (Veiled::Known(known), Some(keyring)) => keyring
                        .current()
                        .seal(&place, &known.to_string())
                        .map_or(Veiled::Withheld, Veiled::Sealed),
                    (Veiled::Known(_), None) => Veiled::Withheld,
                    (other, _) => other,
                })
            });
            let text = text.unwrap_or_else(|never| match never {});
            *data = text.map_or_else(|| data.clone(), Data::from_text);
        });
        record
    }

    /// Unseals what a ledger says of all that is left, and withholds the rest. Gives the records
    /// that seal anew what is not sealed with the current key.
    pub(crate) fn open(&self, ledger: &mut Ledger) -> Result<Vec<Record>, SealError> {
        self.each_left(ledger, Err)
    }

    /// As [`open`](Self::open), and withholds what cannot be unsealed.
    pub(crate) fn open_what_it_can(&self, ledger: &mut Ledger) -> Vec<Record> {
        let opened = self.each_left(ledger, |_| Ok::<_, Infallible>(Veiled::Withheld));
        opened.unwrap_or_else(|never| match never {})
    }

    fn each_left<E>(
        &self,
        ledger: &mut Ledger,
        otherwise: impl Fn(SealError) -> Result<Veiled, E>,
    ) -> Result<Vec<Record>, E> {
        let mut resealed = Vec::new();
        for account in ledger.steps_mut() {
            let (is_left, generation) = (account.state.is_left(), account.started.generation);
            let step = account.started.step.clone();
            let (mut stale, mut failed) = (false, None);
            account.each_value(&mut |value, data| {
                let text = with_veils(data.text(), |pointer, veiled| {
                    let Veiled::Sealed(sealed) = veiled else { return Ok(veiled) };
                    let Some(keyring) = self.keyring.as_ref().filter(|_| is_left) else {
                        return Ok(Veiled::Withheld);
                    };
                    let value = place_of(value);
                    let place = Place { run: &self.run, step: &step, generation, value, pointer };
                    let unsealed = unseal(keyring, &place, &sealed);
                    stale |= unsealed.is_ok() && !is_of(keyring.current(), &sealed);
                    unsealed.or_else(&otherwise)
                });
                match text {
                    Ok(Some(text)) => *data = Data::from_text(text),
                    Ok(None) => (),
                    Err(error) => failed = Some(error),
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            if stale {
                let mut values = BTreeMap::new();
                account.each_value(&mut |value, data| {
                    if may_hold(data.text()) {
                        values.insert(value.to_owned(), data.clone());
                    }
                });
                resealed.push(Record::Resealed { step, values });
            }
        }
        Ok(resealed)
    }
}

impl Ledger {
    /// With its secrets, as far as they are those of steps that left something; those of others
    /// are withheld.
    ///
    /// # Errors
    ///
    /// When one is sealed with a key that is not in the keyring, or is damaged.
    pub fn unsealed(mut self, keyring: &Keyring) -> Result<Self, SealError> {
        let run = self.run().map(|run| run.run.clone()).unwrap_or_default();
        Vault::new(Some(keyring.clone()), &run).open(&mut self)?;
        Ok(self)
    }
}

/// Inputs stay sealed as they are when there are newer ones.
fn place_of(value: &str) -> &str {
    if value.starts_with(WAS) { INPUTS } else { value }
}

/// Whether this key has sealed it.
fn is_of(key: &SealingKey, sealed: &str) -> bool {
    sealed.split(':').next() == Some(key.id())
}

fn unseal(keyring: &Keyring, place: &Place<'_>, sealed: &str) -> Result<Veiled, SealError> {
    let step = place.step.to_owned();
    let Some(key) = keyring.keys().find(|key| is_of(key, sealed)) else {
        let wanted = sealed.split(':').next().unwrap_or_default().to_owned();
        let given = keyring.keys().map(|key| key.id().to_owned()).collect();
        return Err(SealError::OtherKey { step, wanted, given });
    };
    let value = key.unseal(place, sealed).and_then(|text| serde_json::from_str(&text).ok());
    value.map(Veiled::Known).ok_or_else(|| SealError::Damaged {
        step,
        place: format!("{}{}", place.value, place.pointer),
        key: key.id().to_owned(),
    })
}
