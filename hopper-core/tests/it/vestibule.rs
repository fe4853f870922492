//! A little town of minted keys and the doors they open, where everybody is careless with
//! secrets.

use hopper_core::{Clock, Engine, MemoryJournal, Plan, prelude::*, testing::Lab};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Part of every secret here.
pub(crate) const MARK: &str = "hunter2-geheim";

/// What is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Town(Arc<Mutex<Places>>);

#[derive(Debug, Default)]
struct Places {
    minted: u32,
    /// The key of each door, by token.
    doors: BTreeMap<String, String>,
    /// What is to go wrong, and how many times more.
    trouble: Option<(&'static str, u32)>,
}

impl Town {
    /// How many keys were ever minted.
    pub(crate) fn minted(&self) -> u32 {
        self.0.lock().unwrap().minted
    }

    /// The keys of the doors.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().doors.values().cloned().collect()
    }

    /// Has something go wrong, so many times.
    pub(crate) fn trouble(&self, what: &'static str, times: u32) {
        self.0.lock().unwrap().trouble = Some((what, times));
    }

    /// Gives every door a lock of somebody else's.
    pub(crate) fn change_the_locks(&self) {
        for key in self.0.lock().unwrap().doors.values_mut() {
            *key = "another lock".to_owned();
        }
    }

    fn is_in(&self, what: &str) -> bool {
        match &mut self.0.lock().unwrap().trouble {
            Some((trouble, times)) if *trouble == what && 0 < *times => {
                *times -= 1;
                true
            }
            _ => false,
        }
    }
}

/// Mints a key, another one every time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mint {
    pub(crate) pin: Secret<String>,
}

outputs! {
    pub(crate) struct MintOut -> MintRefs {
        key: Secret<String>,
        number: u32,
    }
}

impl Step for Mint {
    const KIND: &'static str = "town.mint";
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Town;
    type Output = MintOut;

    async fn run(&self, town: &Town, cx: &Cx) -> Result<MintOut, StepError> {
        let pin = self.pin.expose()?;
        if town.is_in("mint") {
            return Err(StepError::transient(format_args!("pin {pin:?} was not taken")));
        }
        cx.progress(format_args!("minting with {pin}"));
        let mut places = town.0.lock().unwrap();
        places.minted += 1;
        let number = places.minted;
        Ok(MintOut { key: Secret::new(format!("{MARK} \"key\" {number}")), number })
    }

    async fn find(&self, _: &Town, _: &Cx) -> Result<Found<MintOut>, StepError> {
        Ok(Found::Absent)
    }

    async fn undo(&self, _: &Town, _: &Cx, _: Made<'_, MintOut>) -> Result<(), StepError> {
        Ok(())
    }
}

/// A door that a key opens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Door {
    pub(crate) key: Input<Secret<String>>,
    pub(crate) pin: Secret<String>,
}

impl Step for Door {
    const KIND: &'static str = "town.door";
    type Env = Town;
    type Output = Secret<String>;

    async fn run(&self, town: &Town, cx: &Cx) -> Result<Secret<String>, StepError> {
        let (key, pin) = (cx.get(&self.key).expose()?, self.pin.expose()?);
        cx.note("key", cx.get(&self.key)).await?;
        cx.progress(format_args!("cutting {key}"));
        if town.is_in("door") {
            let error = StepError::transient(format_args!("{key:?} does not fit"));
            return Err(error.with_hint(format!("try {pin}")));
        }
        if town.is_in("panic") {
            panic!("the key {key} broke off");
        }
        let old = town.0.lock().unwrap().doors.insert(cx.token().to_owned(), key.clone());
        if town.is_in("lost") {
            return Err(StepError::transient(format_args!("{key} was taken, and no more heard")));
        }
        if let Some(old) = old.filter(|old| old != key) {
            return Err(StepError::permanent(format_args!("{old} was there")));
        }
        Ok(Secret::new(format!("{MARK} spare for {key}")))
    }

    async fn find(&self, town: &Town, cx: &Cx) -> Result<Found<Secret<String>>, StepError> {
        let places = town.0.lock().unwrap();
        Ok(match places.doors.get(cx.token()) {
            Some(key) => Found::Present(Secret::new(format!("{MARK} spare for {key}"))),
            None => Found::Absent,
        })
    }

    async fn undo(
        &self,
        town: &Town,
        cx: &Cx,
        _: Made<'_, Secret<String>>,
    ) -> Result<(), StepError> {
        if town.is_in("undo") {
            let key = cx.noted::<Secret<String>>("key");
            let key = key.as_ref().and_then(|key| key.expose().ok());
            return Err(StepError::permanent(format_args!("{key:?} is still in the door")));
        }
        town.0.lock().unwrap().doors.remove(cx.token());
        Ok(())
    }

    async fn check(
        &self,
        town: &Town,
        cx: &Cx,
        out: &Secret<String>,
    ) -> Result<Vec<Drift>, StepError> {
        let wanted = cx.get(&self.key).expose()?;
        let actual = town.0.lock().unwrap().doors.get(cx.token()).cloned().unwrap_or_default();
        Ok(match actual == *wanted {
            true => Vec::new(),
            false => vec![Drift::field("key", wanted, format!("{actual}, not {}", out.expose()?))],
        })
    }
}

/// A key, and two doors that it opens.
pub(crate) fn plan(pin: &str) -> Plan {
    let w = Workflow::new("town");
    let mint = w.step("mint").does(Mint { pin: pin_of(pin) });
    let house = w.step("house").does(Door { key: mint.key(), pin: pin_of("house") });
    w.step("shed").after(&house).does(Door { key: mint.key(), pin: pin_of("shed") });
    w.plan().unwrap()
}

fn pin_of(what: &str) -> Secret<String> {
    Secret::new(format!("{MARK} pin {what}"))
}

/// An engine for the town, that keeps no secrets.
pub(crate) fn engine(town: &Town, journal: &MemoryJournal) -> Engine {
    Engine::new(journal.clone())
        .env(town.clone())
        .registry(Registry::new().with::<Mint>().with::<Door>())
        .seed(1)
        .clock(Clock::fixed())
}

/// The town as a lab, with an engine made as wanted.
pub(crate) struct Vestibule<F>(pub(crate) F);

impl<F: Fn(Engine) -> Engine> Lab for Vestibule<F> {
    type World = Town;

    fn world(&self) -> Town {
        Town::default()
    }

    fn plan(&self) -> Plan {
        plan("1")
    }

    fn engine(&self, town: &Town, journal: MemoryJournal) -> Engine {
        (self.0)(engine(town, &journal))
    }

    fn leftovers(&self, town: &Town) -> Vec<String> {
        town.keys()
    }

    fn picture(&self, town: &Town) -> String {
        let keys = town.keys();
        let same = keys.iter().all(|key| *key == keys[0]);
        format!("{} doors, one key: {same}", keys.len())
    }
}
