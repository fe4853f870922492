//! [`Options`]: what `set` sets.

/// The options of a shell that make a difference here.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    /// `-e`: the first failure ends the shell.
    pub(super) errexit: bool,
    /// `-u`: a variable that is not set is a failure.
    pub(super) nounset: bool,
    /// `-x`: commands are printed before they are run.
    pub(super) xtrace: bool,
    /// `-f`: no path is matched.
    pub(super) noglob: bool,
    /// `-o pipefail`: a pipeline fails if any of its commands does.
    pub(super) pipefail: bool,
}

impl Options {
    /// Sets or takes back an option by its letter.
    pub(super) fn set(&mut self, letter: char, is_on: bool) {
        match letter {
            'e' => self.errexit = is_on,
            'u' => self.nounset = is_on,
            'x' => self.xtrace = is_on,
            'f' => self.noglob = is_on,
            _ => {}
        }
    }

    /// Sets or takes back an option by its name, and says whether there is one.
    pub(super) fn set_named(&mut self, name: &str, is_on: bool) -> bool {
        match name {
            "errexit" => self.errexit = is_on,
            "nounset" => self.nounset = is_on,
            "xtrace" => self.xtrace = is_on,
            "noglob" => self.noglob = is_on,
            "pipefail" => self.pipefail = is_on,
            "posix" | "verbose" | "monitor" | "errtrace" | "functrace" => {}
            _ => return false,
        }
        true
    }

    /// Sets what a word such as `-eux` says.
    pub(super) fn set_all(&mut self, flags: &str) {
        for letter in flags.strip_prefix('-').unwrap_or_default().chars() {
            self.set(letter, true);
        }
    }

    /// What `$-` shows.
    pub(super) fn letters(&self) -> String {
        let all =
            [('e', self.errexit), ('f', self.noglob), ('u', self.nounset), ('x', self.xtrace)];
        all.into_iter().filter(|(_, is_on)| *is_on).map(|(letter, _)| letter).collect()
    }
}
