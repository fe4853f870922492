//! Steps on Systems Manager: what AWS and others publish there.

mod image_by_parameter;

pub use image_by_parameter::{ImageByParameter, ImageByParameterOut, ImageByParameterRefs};
