//! [`Interrupt`]: Ctrl-C and SIGTERM; and a terminal that is closed, which is none.

use crate::failure::code;
use hopper_core::Cancel;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    flag,
    iterator::Signals,
};
use std::{
    io, process,
    sync::{Arc, atomic::AtomicBool},
    thread,
};
use tokio::sync::watch;

/// What Ctrl-C and SIGTERM have asked for.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    cancel: Cancel,
    has_come: Arc<watch::Sender<bool>>,
}

impl Interrupt {
    /// Listens from now on: the first signal asks the engine to stop when the calls in flight
    /// have ended, the second to stop at once, and the third ends the process.
    ///
    /// # Errors
    ///
    /// When the operating system does not let us listen.
    pub fn listen() -> io::Result<Self> {
        let interrupt = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let asked = interrupt.clone();
        thread::spawn(move || {
            for (n, _) in (1..).zip(signals.forever()) {
                if 3 <= n {
                    process::exit(code::INTERRUPTED.into());
                }
                asked.ask();
            }
        });
        Ok(interrupt)
    }

    /// Does what a signal does.
    pub fn ask(&self) {
        self.cancel.cancel();
        self.has_come.send_replace(true);
    }

    /// To give to an engine.
    #[must_use]
    pub fn cancel(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Whether there was one.
    #[must_use]
    pub fn came(&self) -> bool {
        *self.has_come.borrow()
    }

    /// Returns when there was one.
    pub async fn wait(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.has_come.subscribe().wait_for(|has_come| *has_come).await;
    }
}

/// Goes on when the terminal is closed: that is no reason to stop half-way. What is printed from
/// then on is lost; the journal has it all.
///
/// # Errors
///
/// When the operating system does not let us.
pub fn outlive_the_terminal() -> io::Result<()> {
    // Nobody looks at the flag: what counts is that the signal does not end the process.
    flag::register(SIGHUP, Arc::new(AtomicBool::new(false))).map(drop)
}
