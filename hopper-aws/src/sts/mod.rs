//! Steps on STS: who is calling.

mod caller_identity;

pub use caller_identity::{CallerIdentity, CallerIdentityOut, CallerIdentityRefs};
