//! A cluster's certificate authority, what it signs, and the tokens nodes join with.

mod authority;
mod bootstrap_token;
mod shared;

pub use authority::{Authority, PkiError, hash_of};
pub use bootstrap_token::BootstrapToken;
pub use shared::Shared;
