//! [`Dooms`]: calls that will be accepted and come to nothing later.

use serde::{Deserialize, Serialize};

use super::World;

/// What is doomed, in the order it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dooms(Vec<Doom>);

/// The next `times` calls of an operation, but for the first `after`, come to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Doom {
    pub(crate) operation: String,
    pub(crate) after: u32,
    pub(crate) times: u32,
    pub(crate) code: String,
    /// What it is counted under.
    #[serde(default)]
    pub(crate) label: String,
}

impl Dooms {
    pub(crate) fn add(&mut self, doom: Doom) {
        self.0.push(doom);
    }

    fn take(&mut self, operation: &str) -> Option<(String, String)> {
        let mut code = None;
        for doom in self.0.iter_mut().filter(|doom| doom.operation == operation) {
            if 0 < doom.after {
                doom.after -= 1;
            } else {
                doom.times = doom.times.saturating_sub(1);
                code = Some((doom.code.clone(), doom.label.clone()));
                break;
            }
        }
        self.0.retain(|doom| 0 < doom.times);
        code
    }
}

impl World {
    /// The code with which the thing this call makes shall fail later, if it is doomed to.
    ///
    /// A handler asks this once for each accepted call, when nothing can refuse the call any more.
    pub(crate) fn doom(&mut self, operation: &str) -> Option<String> {
        let (code, label) = self.machinery.dooms.take(operation)?;
        *self.machinery.struck.entry(label).or_default() += 1;
        Some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doom_skips_then_strikes_then_is_over() {
        let mut dooms = Dooms::default();
        let operation = "CreateNatGateway".to_owned();
        dooms.add(Doom {
            operation,
            after: 1,
            times: 2,
            code: "Full".into(),
            label: String::new(),
        });
        assert_eq!(dooms.take("RunInstances"), None);
        let taken: Vec<_> = (0..4).map(|_| dooms.take("CreateNatGateway").is_some()).collect();
        assert_eq!(taken, [false, true, true, false]);
        assert_eq!(dooms, Dooms::default());
    }
}
