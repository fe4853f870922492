//! Settings of the recipes: typed, with the chapter's values as defaults, checked as a whole.

mod bastion;
mod chapter;
mod network;
mod problem;

pub use bastion::BastionSettings;
pub use chapter::{ChapterSettings, EXAMPLE_PUBLIC_KEY};
pub use network::NetworkSettings;
pub use problem::{Problem, SettingsError};
