//! [`Rest`]: what is left of a kubeconfig when a cluster is taken out of it.

use super::{
    KubeconfigError,
    memory::sum,
    merge::{is_made_of, without},
};

/// What is left of a kubeconfig when a cluster is taken out of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Rest {
    /// What it was before: nobody has changed it since.
    Kept,
    /// No file: there was none before, and nobody has put anything into it.
    Nothing,
    /// What others have made of it since.
    Theirs {
        /// All of it.
        text: String,
        /// Whether what is kept beside it is what it was before.
        is_kept: bool,
    },
}

impl Rest {
    /// What is left of a text without the entries of a name that carry a mark; `None` if there are
    /// none of them in it. `kept` is what is kept beside it.
    ///
    /// # Errors
    ///
    /// When it is no kubeconfig.
    pub fn of(
        text: &str,
        kept: Option<&str>,
        name: &str,
        mark: &str,
    ) -> Result<Option<Self>, KubeconfigError> {
        let Some((rest, memory)) = without(text, name, mark)? else { return Ok(None) };
        let kept = kept.filter(|kept| memory.kept.as_ref() == Some(&sum(kept)));
        let is_kept = kept.is_some();
        let is_whole = is_kept == memory.kept.is_some();
        Ok(Some(match is_whole && is_made_of(text, kept, name, mark)? {
            true if is_kept => Self::Kept,
            true => Self::Nothing,
            false => Self::Theirs { text: rest, is_kept },
        }))
    }
}

/// Shows no certificate and no key.
impl std::fmt::Debug for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Kept => "Kept",
            Self::Nothing => "Nothing",
            Self::Theirs { .. } => "Theirs",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kubeconfig::{Entry, merged},
        pki::Authority,
    };

    const BEFORE: &str = "# mine\nclusters: null\nusers: [{name: me, user: {token: abc}}]\n";

    fn put(before: Option<&str>, mark: &str, is_current: bool) -> String {
        let authority = Authority::generate().unwrap();
        let entry = Entry::issue("prod", "https://127.0.0.1:6443", &authority).unwrap();
        merged(before, &entry, mark, is_current).unwrap()
    }

    fn rest(text: &str, kept: Option<&str>) -> Option<Rest> {
        Rest::of(text, kept, "prod", "m").unwrap()
    }

    #[test]
    fn what_nobody_has_changed_is_what_it_was() {
        for is_current in [false, true] {
            let once = put(Some(BEFORE), "m", is_current);
            assert_eq!(rest(&once, Some(BEFORE)), Some(Rest::Kept));
            for is_current in [false, true] {
                // Another certificate in the place of ours is no change of others.
                let again = put(Some(&once), "m", is_current);
                assert_ne!(again, once);
                assert_eq!(rest(&again, Some(BEFORE)), Some(Rest::Kept));
            }
        }
        assert_eq!(rest(&put(None, "m", true), None), Some(Rest::Nothing));
        assert_eq!(rest(&put(Some(""), "m", true), Some("")), Some(Rest::Kept));
        assert_eq!(rest(BEFORE, None), None);
        assert_eq!(rest(&put(None, "other", true), None), None);
    }

    #[test]
    fn what_others_have_written_stays_be_it_a_comment() {
        let text = put(Some(BEFORE), "m", true);
        for theirs in ["# theirs\n", "theirs: 1\n"] {
            let changed = format!("{text}{theirs}");
            let Some(Rest::Theirs { text, is_kept }) = rest(&changed, Some(BEFORE)) else {
                panic!("not as expected")
            };
            assert!(is_kept && text.contains("token") && !text.contains("127.0.0.1"), "{text}");
        }
        let alone = put(None, "m", true) + "theirs: 1\n";
        assert!(matches!(rest(&alone, None), Some(Rest::Theirs { is_kept: false, .. })));
    }

    #[test]
    fn a_backup_that_is_not_of_this_file_is_none() {
        let text = put(Some(BEFORE), "m", false);
        for kept in [None, Some("# another's\n")] {
            assert!(matches!(rest(&text, kept), Some(Rest::Theirs { is_kept: false, .. })));
        }
        // There was no file: somebody's backup of another time is not what was before.
        let alone = put(None, "m", false);
        assert_eq!(rest(&alone, Some(BEFORE)), Some(Rest::Nothing));
    }
}
