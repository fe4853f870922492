//! A plan as text and as JSON.

use super::{Node, Plan};
use crate::OnUnknown;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};
use std::{collections::BTreeSet, fmt};

/// One line a step, in waves.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.nodes.len();
        writeln!(f, "{}: {n} steps, fingerprint {}", self.name, self.fingerprint())?;
        let width = |of: fn(&Node) -> usize| self.nodes.iter().map(of).max().unwrap_or(0);
        let (name, kind) = (width(|n| n.name().len()), width(|n| n.kind().len()));
        let waves = self.waves();
        let mut in_wave: Vec<Vec<&Node>> = vec![Vec::new(); waves.len()];
        let mut at: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
        for (i, wave) in waves.iter().enumerate() {
            at.extend(wave.iter().map(|n| (*n, i)));
        }
        for node in &*self.nodes {
            if let Some(&i) = at.get(node.name()) {
                in_wave[i].push(node);
            }
        }
        for (i, wave) in in_wave.iter().enumerate() {
            writeln!(f, "wave {}", i + 1)?;
            for node in wave {
                write!(f, "  {:<name$}  {:<kind$}  {}", node.name, node.kind(), node.inputs())?;
                self.remarks(node, f)?;
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

impl Plan {
    /// What is not to be seen in the inputs: other edges, and what is unusual about the step.
    fn remarks(&self, node: &Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edges =
            [("after", &node.after), ("once", &node.once), ("undone before", &node.undo_before)];
        for (word, set) in edges {
            if !set.is_empty() {
                write!(f, " [{word} {}]", self.names(set).join(", "))?;
            }
        }
        match node.step.on_unknown() {
            _ if node.reads() => f.write_str(" [reads]"),
            OnUnknown::Find => Ok(()),
            OnUnknown::RunAgain => f.write_str(" [run again when its outcome is unknown]"),
            OnUnknown::Stop => f.write_str(" [stops when its outcome is unknown]"),
        }
    }

    pub(crate) fn names(&self, set: &BTreeSet<usize>) -> Vec<&str> {
        set.iter().map(|&i| &*self.nodes[i].name).collect()
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut plan = s.serialize_struct("Plan", 2)?;
        plan.serialize_field("workflow", &*self.name)?;
        let steps: Vec<Shown<'_>> = self.nodes.iter().map(|n| Shown(self, n)).collect();
        plan.serialize_field("steps", &steps)?;
        plan.end()
    }
}

struct Shown<'a>(&'a Plan, &'a Node);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let Self(plan, node) = self;
        let mut st = s.serialize_struct("Step", 8)?;
        st.serialize_field("name", &*node.name)?;
        st.serialize_field("kind", node.kind())?;
        st.serialize_field("needs", &plan.names(&node.data))?;
        st.serialize_field("after", &plan.names(&node.after))?;
        st.serialize_field("once", &plan.names(&node.once))?;
        st.serialize_field("undo_before", &plan.names(&node.undo_before))?;
        st.serialize_field("on_unknown", &node.step.on_unknown())?;
        let inputs: serde_json::Value =
            serde_json::from_str(&node.inputs()).map_err(serde::ser::Error::custom)?;
        st.serialize_field("inputs", &inputs)?;
        st.end()
    }
}
