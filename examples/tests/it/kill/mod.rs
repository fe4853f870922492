//! `kill -9` at calls to AWS, of a real process, and then `up` again or `down`: nothing is made
//! twice, and nothing is left.
//!
//! Every call is tried in one process, where dying is simulated (`crash_everywhere`). Here one call
//! in [`STRIDE`] is; with `HOPPER_KILL=all` all are, with `HOPPER_KILL=17` one.

mod inventory;
mod proxy;

use crate::{moto::Moto, program::Program, python};
use hopper_mock::{Latencies, Mock};
use inventory::{CLOUD, Inventory, Watch};
use proxy::{MOMENTS, Moment, Proxy};
use std::{
    env,
    net::SocketAddr,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};
use tokio::runtime::Runtime;

/// Of so many deaths one is tried, unless all are asked for: a real process takes seconds.
const STRIDE: usize = 9;

/// How many look at their own simulator at once.
const N_THREADS: usize = 2;

/// A simulator, seen through a proxy, and by boto3 past it.
struct Cloud {
    proxy: Proxy,
    watch: Watch,
    before: Inventory,
    /// Kept alive.
    _runtime: Runtime,
    _simulator: Simulator,
}

enum Simulator {
    Hopper(#[expect(dead_code, reason = "kept alive")] hopper_mock::Server),
    Moto(#[expect(dead_code, reason = "kept alive")] Moto),
}

impl Cloud {
    fn new(bin: &'static Path, simulator: fn(&Runtime, &'static Path) -> Started) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let Started { simulator, address } = simulator(&runtime, bin);
        let proxy = runtime.block_on(Proxy::start(address));
        let url = format!("http://{address}");
        // A neighbour's gateway: it stays. moto shows it whatever tags are asked for.
        let made = Command::new(bin.join("python")).arg(CLOUD).args(["gateway", &url]).status();
        assert!(made.unwrap().success());
        let mut watch = Watch::start(bin, &url);
        let before = watch.look();
        Self { proxy, watch, before, _runtime: runtime, _simulator: simulator }
    }

    /// `up`, killed at a call if one is named.
    fn up(&self, program: &Program, at: Option<(usize, Moment)>) -> (Option<i32>, String, usize) {
        let line = format!(
            "up --recipe chapter-machines --no-preflight --backend aws --endpoint-url {}",
            self.proxy.url()
        );
        self.proxy.run(program.with_credentials(&line), at)
    }

    fn down(&self, program: &Program, at: Option<(usize, Moment)>) -> (Option<i32>, String, usize) {
        self.proxy.run(program.with_credentials("down"), at)
    }

    #[track_caller]
    fn assert_as_before(&mut self, what: &str) {
        let now = self.watch.look();
        assert!(
            now.without(&self.before).is_empty(),
            "{what}: left {:#?}",
            now.without(&self.before)
        );
        assert_eq!(now, self.before, "{what}");
    }
}

struct Started {
    simulator: Simulator,
    address: SocketAddr,
}

/// The simulator of this project, where nothing has to be waited for.
fn hopper(runtime: &Runtime, _: &'static Path) -> Started {
    let mock = Mock::builder().seed(1).latencies(Latencies::instant()).build();
    let server = runtime.block_on(mock.serve("127.0.0.1:0")).unwrap();
    let address = server.addr();
    Started { simulator: Simulator::Hopper(server), address }
}

fn moto(_: &Runtime, bin: &'static Path) -> Started {
    let moto = Moto::start(bin);
    let address = moto.url.trim_start_matches("http://").parse().unwrap();
    Started { simulator: Simulator::Moto(moto), address }
}

/// One world: which command dies, where, and what follows.
#[derive(Clone, Copy, Debug)]
struct Death {
    in_down: bool,
    call: usize,
    moment: Moment,
    then_up: bool,
}

/// How much of it there is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Each moment of each call of `up`, one of each call of `down`.
    Whole,
    /// One moment of each call, and after a death in `down` no `up`: moto leaves an address
    /// associated with a NAT gateway that is deleted, so that no other can have it.
    OneMoment,
}

fn at_every_call(simulator: fn(&Runtime, &'static Path) -> Started, extent: Extent) {
    let Some(bin) = python::bin() else { return };
    let mut cloud = Cloud::new(bin, simulator);
    let program = Program::new();
    let (code, printed, n_up) = cloud.up(&program, None);
    assert_eq!(code, Some(0), "{printed}");
    let made = cloud.watch.look();
    let (code, printed, n_down) = cloud.down(&program, None);
    assert_eq!(code, Some(0), "{printed}");
    cloud.assert_as_before("uninterrupted");

    let asked = env::var("HOPPER_KILL").unwrap_or_default();
    let only = asked.parse::<usize>().ok();
    let stride = if asked.is_empty() { STRIDE } else { 1 };
    let deaths: Vec<Death> = [(false, n_up), (true, n_down)]
        .into_iter()
        .flat_map(|(in_down, n)| (1..=n).map(move |call| (in_down, call)))
        .flat_map(|(in_down, call)| MOMENTS.map(|moment| (in_down, call, moment)))
        .enumerate()
        // Of every two neighbours one goes on with `up`, the other with `down`.
        .map(|(i, (in_down, call, moment))| {
            let then_up = i % 2 == 0 && !(in_down && extent == Extent::OneMoment);
            Death { in_down, call, moment, then_up }
        })
        .filter(|death| {
            let all = !death.in_down && extent == Extent::Whole;
            all || death.moment == MOMENTS[death.call % 3]
        })
        .filter(|death| only.is_none_or(|call| death.call == call))
        .step_by(stride)
        .collect();
    let [next, n_killed] = [0, 0].map(AtomicUsize::new);
    let (deaths, made) = (&deaths, &made);
    thread::scope(|scope| {
        for _ in 0..N_THREADS {
            scope.spawn(|| {
                let _stop = Stop(&next);
                let mut cloud = Cloud::new(bin, simulator);
                while let Some(death) = deaths.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let killed = die(&mut cloud, *death, made);
                    n_killed.fetch_add(usize::from(killed), Ordering::SeqCst);
                }
            });
        }
    });
    let n_killed = n_killed.into_inner();
    println!("{} worlds, {n_killed} killed in time, 0 duplicates, 0 orphans", deaths.len());
    assert!(deaths.len() * 9 / 10 <= n_killed, "only {n_killed} of {} were killed", deaths.len());
}

/// Has the others stop after the world they are in, when one came out wrong.
struct Stop<'a>(&'a AtomicUsize);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(usize::MAX / 2, Ordering::SeqCst);
        }
    }
}

/// Dies, goes on, takes down; says whether it was killed in time.
fn die(cloud: &mut Cloud, death: Death, made: &Inventory) -> bool {
    let program = Program::new();
    let at = Some((death.call, death.moment));
    let code = match death.in_down {
        false => cloud.up(&program, at).0,
        true => {
            let (code, printed, _) = cloud.up(&program, None);
            assert_eq!(code, Some(0), "{death:?}: {printed}");
            cloud.down(&program, at).0
        }
    };
    let has_begun = std::fs::read_to_string(program.path("hopper.journal"))
        .is_ok_and(|journal| journal.contains("\"run\""));
    let is_left = !(death.in_down && code == Some(0));
    if death.then_up && is_left {
        let (code, printed, _) = cloud.up(&program, None);
        assert_eq!(code, Some(0), "{death:?}, then up: {printed}");
        let now = cloud.watch.look();
        let (more, less) = (now.without(made), made.without(&now));
        assert!(more.is_empty() && less.is_empty(), "{death:?}: more {more:#?}, less {less:#?}");
    }
    if has_begun || death.then_up {
        let (code, printed, _) = cloud.down(&program, None);
        assert_eq!(code, Some(0), "{death:?}, then down: {printed}");
    }
    cloud.assert_as_before(&format!("{death:?}"));
    code.is_none()
}

#[test]
fn on_the_simulator() {
    at_every_call(hopper, Extent::Whole);
}

#[test]
fn on_a_simulator_of_others() {
    at_every_call(moto, Extent::OneMoment);
}
