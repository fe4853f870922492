//! [`Holder`]: who has a name that a step wants.

use crate::{claim::maker, mark::RUN, sdk_tag::SdkTag};

/// Who has a name that a step wants.
#[derive(Clone, Debug)]
pub struct Holder {
    run: Option<String>,
    told: String,
}

impl Holder {
    /// What these tags tell.
    #[must_use]
    pub fn of(tags: &[impl SdkTag]) -> Self {
        let run = tags.iter().find(|tag| tag.key() == Some(RUN)).and_then(SdkTag::value);
        Self { run: run.map(str::to_owned), told: maker(tags) }
    }

    /// A thing that has no tags, so that nobody can say whose it is.
    #[must_use]
    pub fn unmarked() -> Self {
        Self { run: None, told: "which has no tags that could tell whose it is".to_owned() }
    }

    /// Whether it is of this run.
    pub(crate) fn is_of(&self, run: Option<&str>) -> bool {
        run.is_some() && self.run.as_deref() == run
    }

    /// In words.
    pub(crate) fn told(&self) -> &str {
        &self.told
    }
}
