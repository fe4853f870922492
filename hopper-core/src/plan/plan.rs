//! [`Plan`]: print it, draw it, snapshot it, run it.

use super::Node;
use crate::{Input, journal::Data};
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, sync::Arc, time::Duration};

/// A checked workflow: inert data, with the same bytes every time.
#[derive(Clone)]
pub struct Plan {
    pub(crate) name: Arc<str>,
    pub(crate) nodes: Arc<[Node]>,
}

/// The longest way through a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Critical {
    /// The steps on it, in order.
    pub steps: Vec<String>,
    /// How long it takes.
    pub length: Duration,
}

impl Plan {
    pub(crate) fn new(name: Arc<str>, nodes: Arc<[Node]>) -> Self {
        Self { name, nodes }
    }

    /// The workflow's name.
    #[must_use]
    pub fn workflow(&self) -> &str {
        &self.name
    }

    /// The steps, in the order the recipe wrote them, which is topological.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The registry of the steps in this plan: enough to undo a run of it.
    #[must_use]
    pub fn registry(&self) -> crate::Registry {
        let mut registry = crate::Registry::new();
        self.nodes.iter().for_each(|n| registry.add(n.step));
        registry
    }

    /// Steps grouped by the earliest moment they can start.
    #[must_use]
    pub fn waves(&self) -> Vec<Vec<&str>> {
        let waves = self.node_waves().into_iter();
        waves.map(|wave| wave.into_iter().map(Node::name).collect()).collect()
    }

    pub(super) fn node_waves(&self) -> Vec<Vec<&Node>> {
        let mut level: Vec<usize> = Vec::with_capacity(self.nodes.len());
        let mut waves: Vec<Vec<&Node>> = Vec::new();
        for node in &*self.nodes {
            let l = node.run_edges().iter().map(|&d| level[d] + 1).max().unwrap_or(0);
            level.push(l);
            if waves.len() <= l {
                waves.resize(l + 1, Vec::new());
            }
            waves[l].push(node);
        }
        waves
    }

    /// The longest way through the plan when each step takes as long as `duration` says.
    #[must_use]
    pub fn critical_path(&self, duration: impl Fn(&Node) -> Duration) -> Critical {
        let mut end: Vec<(Duration, Option<usize>)> = Vec::with_capacity(self.nodes.len());
        for node in &*self.nodes {
            // Of equally late predecessors the first counts.
            let before = node.run_edges().into_iter().rev().max_by_key(|&d| end[d].0);
            let start = before.map_or(Duration::ZERO, |d| end[d].0);
            end.push((start + duration(node), before));
        }
        let mut at = (0..end.len()).rev().max_by_key(|&i| end[i].0);
        let length = at.map_or(Duration::ZERO, |i| end[i].0);
        let mut steps = Vec::new();
        while let Some(i) = at {
            steps.push(self.nodes[i].name.to_string());
            at = end[i].1;
        }
        steps.reverse();
        Critical { steps, length }
    }

    /// 16 hexadecimal digits that change when anything in the plan does, but for the places in
    /// the recipe and the values of secrets, which nobody is to guess from them.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(&json).iter().take(8).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// What an input came to, from the outputs of the steps that are done.
    pub(crate) fn read<T: crate::Value>(
        input: &Input<T>,
        output: impl Fn(&str) -> Option<Data>,
    ) -> Option<T> {
        match input.literal() {
            Some(value) => Some(value.clone()),
            None => serde_json::from_str(&input.hole()?.fill(&output).ok()?).ok(),
        }
    }
}
