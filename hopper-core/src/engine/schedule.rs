//! [`Schedule`]: which job may start. Pure: no I/O, no clock, no randomness.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
};

/// How many jobs may run at once.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) overall: usize,
    pub(crate) classes: BTreeMap<Arc<str>, usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { overall: 256, classes: BTreeMap::new() }
    }
}

/// Which job may start: jobs are numbered from 0, and of those that may the lowest goes first.
#[derive(Debug)]
pub(crate) struct Schedule {
    /// Unfinished predecessors of each job.
    waiting: Vec<usize>,
    /// The successors of job `i` are `next[first[i]..first[i + 1]]`.
    first: Vec<usize>,
    next: Vec<usize>,
    /// The class of each job, as an index into `classes`.
    class: Vec<Option<usize>>,
    classes: Vec<Class>,
    ready: BinaryHeap<Reverse<usize>>,
    running: usize,
    overall: usize,
    halted: bool,
}

#[derive(Debug)]
struct Class {
    free: usize,
    /// Jobs that wait for a place.
    parked: BinaryHeap<Reverse<usize>>,
}

impl Schedule {
    /// `edges` are pairs of (before, after); `class` names the class of each job.
    pub(crate) fn new(
        n_jobs: usize,
        edges: &[(usize, usize)],
        class: impl Fn(usize) -> Option<Arc<str>>,
        limits: &Limits,
    ) -> Self {
        let mut waiting = vec![0; n_jobs];
        let mut first = vec![0; n_jobs + 1];
        for &(before, after) in edges {
            waiting[after] += 1;
            first[before + 1] += 1;
        }
        for i in 0..n_jobs {
            first[i + 1] += first[i];
        }
        let mut at = first.clone();
        let mut next = vec![0; edges.len()];
        for &(before, after) in edges {
            next[at[before]] = after;
            at[before] += 1;
        }
        let named: Vec<&Arc<str>> = limits.classes.keys().collect();
        let index = |i| class(i).and_then(|c| named.binary_search(&&c).ok());
        let class = if named.is_empty() { Vec::new() } else { (0..n_jobs).map(index).collect() };
        let free = |&free: &usize| Class { free: free.max(1), parked: BinaryHeap::new() };
        Self {
            ready: (0..n_jobs).filter(|&i| waiting[i] == 0).map(Reverse).collect(),
            waiting,
            first,
            next,
            class,
            classes: limits.classes.values().map(free).collect(),
            running: 0,
            overall: limits.overall.max(1),
            halted: false,
        }
    }

    /// The next job to start now, if any.
    pub(crate) fn next(&mut self) -> Option<usize> {
        while !self.halted && self.running < self.overall {
            let Reverse(job) = self.ready.pop()?;
            if let Some(class) = self.class.get(job).copied().flatten() {
                let class = &mut self.classes[class];
                if class.free == 0 {
                    class.parked.push(Reverse(job));
                    continue;
                }
                class.free -= 1;
            }
            self.running += 1;
            return Some(job);
        }
        None
    }

    /// A job has ended. If it failed, what comes after it never starts.
    pub(crate) fn ended(&mut self, job: usize, ok: bool) {
        self.running -= 1;
        if let Some(class) = self.class.get(job).copied().flatten() {
            let class = &mut self.classes[class];
            class.free += 1;
            self.ready.extend(class.parked.pop());
        }
        if ok {
            for &after in &self.next[self.first[job]..self.first[job + 1]] {
                self.waiting[after] -= 1;
                if self.waiting[after] == 0 {
                    self.ready.push(Reverse(after));
                }
            }
        }
    }

    /// Starts nothing more.
    pub(crate) fn halt(&mut self) {
        self.halted = true;
    }

    /// Whether any job is running.
    pub(crate) fn is_idle(&self) -> bool {
        self.running == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(s: &mut Schedule) -> Vec<usize> {
        std::iter::from_fn(|| s.next()).collect()
    }

    #[test]
    fn a_diamond_goes_in_order() {
        let edges = [(0, 1), (0, 2), (1, 3), (2, 3)];
        let mut s = Schedule::new(4, &edges, |_| None, &Limits::default());
        assert_eq!(drain(&mut s), [0]);
        s.ended(0, true);
        assert_eq!(drain(&mut s), [1, 2]);
        s.ended(2, true);
        assert!(drain(&mut s).is_empty());
        s.ended(1, true);
        assert_eq!(drain(&mut s), [3]);
        s.ended(3, true);
        assert!(s.is_idle());
    }

    #[test]
    fn a_failure_blocks_only_what_comes_after_it() {
        let mut s = Schedule::new(4, &[(0, 2), (1, 3)], |_| None, &Limits::default());
        assert_eq!(drain(&mut s), [0, 1]);
        s.ended(0, false);
        s.ended(1, true);
        assert_eq!(drain(&mut s), [3]);
        s.ended(3, true);
        assert!(s.next().is_none() && s.is_idle());
    }

    #[test]
    fn limits_hold_overall_and_by_class() {
        let limits = Limits { overall: 3, classes: [("slow".into(), 1)].into() };
        let slow = |i: usize| (i < 2).then(|| "slow".into());
        let mut s = Schedule::new(5, &[], slow, &limits);
        assert_eq!(drain(&mut s), [0, 2, 3]);
        s.ended(2, true);
        assert_eq!(drain(&mut s), [4]);
        s.ended(0, true);
        assert_eq!(drain(&mut s), [1]);
    }

    /// In any order of ends every job starts exactly once, after all before it, within limits.
    #[test]
    fn random_orders_keep_the_promises() {
        let mut seed = 7u64;
        let mut random = move |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % n
        };
        for _ in 0..200 {
            let n = 1 + random(40);
            let edges: Vec<(usize, usize)> = (1..n)
                .flat_map(|after| (0..random(3)).map(move |k| (k, after)).collect::<Vec<_>>())
                .map(|(k, after)| (after - 1 - k.min(after - 1), after))
                .collect();
            let limits = Limits { overall: 1 + random(5), classes: BTreeMap::new() };
            let mut s = Schedule::new(n, &edges, |_| None, &limits);
            let (mut ended, mut running, mut order) = (vec![false; n], Vec::new(), Vec::new());
            loop {
                while let Some(job) = s.next() {
                    assert!(edges.iter().all(|&(b, a)| a != job || ended[b]));
                    running.push(job);
                    order.push(job);
                }
                assert!(running.len() <= limits.overall);
                if running.is_empty() {
                    break;
                }
                let job = running.swap_remove(random(running.len()));
                ended[job] = true;
                s.ended(job, true);
            }
            order.sort_unstable();
            assert_eq!(order, (0..n).collect::<Vec<_>>());
        }
    }
}
