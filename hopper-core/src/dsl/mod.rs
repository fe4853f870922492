//! The language recipes are written in: a [`Workflow`] of steps, tied by typed references.

mod draft;
mod encode;
mod hole;
mod input;
mod outputs;
mod reference;
mod secret;
mod slot;
mod text;
mod value;
mod veil;
mod workflow;

pub use draft::Draft;
pub(crate) use draft::draft;
pub(crate) use encode::{Piece, encode_plain};
pub use input::Input;
pub use outputs::{Cursor, Done, Outputs, Refs};
pub use reference::{Part, Ref, Seg, Show, StepRef};
pub use secret::Secret;
pub use slot::Slot;
pub use text::{ToParts, fill, holes};
pub use value::Value;
pub(crate) use veil::{
    SHOWN, Veiled, each_secret_text, for_display, is_same, is_withheld, may_hold, redact,
    with_veils,
};
pub use workflow::Workflow;
