//! [`Hosts`]: what steps inside machines act with.

use crate::{Consoles, consoles::last_words, way::Place};
use hopper_ssh::{Connect, Dialer, Host, HostKeys, Identity, Machine, Stream, Tcp};
use std::{
    collections::BTreeMap,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What steps inside machines act with: how to get there, and what proves who we are. A cheap
/// handle; machines and their connections are shared by all steps.
#[derive(Clone)]
pub struct Hosts {
    dialer: Arc<dyn Dialer>,
    identities: Arc<[Identity]>,
    patience: Duration,
    machines: Arc<Mutex<BTreeMap<String, Machine>>>,
    consoles: Option<Arc<dyn Consoles>>,
}

impl Hosts {
    /// Machines that are dialled over TCP, with these identities in their order.
    pub fn new(identities: impl IntoIterator<Item = Identity>) -> Self {
        Self {
            dialer: Arc::new(Tcp),
            identities: identities.into_iter().collect(),
            patience: Duration::from_secs(300),
            machines: Arc::default(),
            consoles: None,
        }
    }

    /// With another way to dial the first machine of each way, e.g. into a simulated network.
    #[must_use]
    pub fn over(mut self, dialer: impl Dialer + 'static) -> Self {
        self.dialer = Arc::new(dialer);
        self
    }

    /// With what dials so far wrapped into something else.
    #[must_use]
    pub fn wrapped<D: Dialer + 'static>(mut self, wrap: impl FnOnce(Arc<dyn Dialer>) -> D) -> Self {
        self.dialer = Arc::new(wrap(self.dialer));
        self
    }

    /// How long a machine is waited for that does not answer: five minutes unless given.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// With the consoles of machines, whose last words are told when they do not come up.
    #[must_use]
    pub fn consoles(mut self, consoles: impl Consoles + 'static) -> Self {
        self.consoles = Some(Arc::new(consoles));
        self
    }

    /// The last words of a group's machines.
    pub(crate) async fn last_words(&self, group: &str) -> String {
        match &self.consoles {
            Some(consoles) => last_words(&consoles.of_group(group).await),
            None => String::new(),
        }
    }

    /// The machine at a place, reached through all that are before it.
    #[must_use]
    pub fn machine(&self, place: &Place) -> Machine {
        let key = place.key();
        let known = |machines: &BTreeMap<String, Machine>| machines.get(&key).cloned();
        if let Some(machine) = known(&self.lock()) {
            return machine;
        }
        let dialer: Arc<dyn Dialer> = match &place.through {
            Some(bastion) => Arc::new(self.machine(bastion)),
            None => self.dialer.clone(),
        };
        let mut pins = HostKeys::default();
        for pin in &place.host_keys {
            match pin.parse() {
                Ok(key) => pins.pin(&place.name, &key),
                Err(_) => pins.pin_fingerprint(&place.name, pin),
            }
        }
        let connect = Connect::new(&place.user, self.identities.iter().cloned())
            .host_keys(pins)
            .deadline(self.patience);
        let machine =
            Machine::new(connect, dialer, Host::new(&place.name, place.address.to_string()));
        self.lock().entry(key).or_insert(machine).clone()
    }

    /// A connection to an address as it is seen from here.
    pub(crate) async fn dial(&self, address: &str, port: u16) -> io::Result<Stream> {
        self.dialer.dial(address, port).await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Machine>> {
        self.machines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosts").field("identities", &self.identities).finish_non_exhaustive()
    }
}
