//! A plan as text and as JSON.

use super::{Node, Plan, Settings};
use crate::{OnUnknown, Retry};
use humantime::format_duration;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};
use serde_json::{Value as Json, json};
use std::{fmt, time::Duration};

/// One line a step, in waves.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, s) = (self.nodes.len(), if self.nodes.len() == 1 { "" } else { "s" });
        writeln!(f, "{}: {n} step{s}, fingerprint {}", self.name, self.fingerprint())?;
        let width = |of: fn(&Node) -> usize| self.nodes.iter().map(of).max().unwrap_or(0);
        let (name, kind) = (width(|n| n.name().len()), width(|n| n.kind().len()));
        for (i, wave) in self.node_waves().into_iter().enumerate() {
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
        let edges = [
            ("after", &node.after),
            ("once", &node.once),
            ("outlives", &node.outlives),
            ("undone before", &node.undo_before),
        ];
        for (word, set) in edges {
            if !set.is_empty() {
                write!(f, " [{word} {}]", self.names(set).join(", "))?;
            }
        }
        let Settings { retry, timeout, class } = &node.settings;
        if let Some(retry) = retry {
            let Retry { transient, throttled, .. } = retry;
            write!(f, " [{transient} more tries, {throttled} when throttled]")?;
        }
        if let Some(timeout) = timeout {
            write!(f, " [timeout {}]", format_duration(*timeout))?;
        }
        if let Some(class) = class {
            write!(f, " [class {class}]")?;
        }
        match node.step.on_unknown() {
            _ if node.reads() => f.write_str(" [reads]"),
            OnUnknown::Find => Ok(()),
            OnUnknown::RunAgain => f.write_str(" [run again when its outcome is unknown]"),
            OnUnknown::Stop => f.write_str(" [stops when its outcome is unknown]"),
        }
    }

    pub(crate) fn names(&self, set: &[usize]) -> Vec<&str> {
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
        let Settings { retry, timeout, class } = &node.settings;
        let outlives = !node.outlives.is_empty();
        let set = [retry.is_some(), timeout.is_some(), class.is_some(), outlives];
        let mut st = s.serialize_struct("Step", 8 + set.iter().filter(|set| **set).count())?;
        st.serialize_field("name", &*node.name)?;
        st.serialize_field("kind", node.kind())?;
        st.serialize_field("needs", &plan.names(&node.data))?;
        st.serialize_field("after", &plan.names(&node.after))?;
        st.serialize_field("once", &plan.names(&node.once))?;
        st.serialize_field("undo_before", &plan.names(&node.undo_before))?;
        if outlives {
            st.serialize_field("outlives", &plan.names(&node.outlives))?;
        }
        st.serialize_field("on_unknown", &node.step.on_unknown())?;
        let duration = |d: Duration| format_duration(d).to_string();
        if let Some(Retry { transient, throttled, min, max, deadline }) = *retry {
            st.serialize_field(
                "retry",
                &json!({
                    "transient": transient,
                    "throttled": throttled,
                    "min": duration(min),
                    "max": duration(max),
                    "deadline": deadline.map(duration),
                }),
            )?;
        }
        if let Some(timeout) = timeout {
            st.serialize_field("timeout", &duration(*timeout))?;
        }
        if let Some(class) = class {
            st.serialize_field("class", class)?;
        }
        // Text that is nested too deeply to be read is still text.
        let inputs = node.inputs();
        let inputs: Json = serde_json::from_str(&inputs).unwrap_or(Json::String(inputs));
        st.serialize_field("inputs", &inputs)?;
        st.end()
    }
}
