//! Sealing: secrets in the journal, for whoever has the key.

mod cipher;
mod error;
mod file;
mod key;
mod keyring;
mod known;
mod vault;

pub use error::SealError;
pub use key::SealingKey;
pub use keyring::Keyring;
pub(crate) use known::Known;
pub(crate) use vault::Vault;
