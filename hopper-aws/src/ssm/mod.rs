//! Steps on Systems Manager: what AWS and others publish there, and secrets of one's own.

mod image_by_parameter;
mod secret;
pub(crate) mod secure_parameter;

pub use image_by_parameter::{ImageByParameter, ImageByParameterOut, ImageByParameterRefs};
pub use secret::{RewrittenSecret, SecretByParameter, SecretByParameterOut, SecretByParameterRefs};
pub use secure_parameter::{SecureParameter, SecureParameterOut, SecureParameterRefs};
