//! What the program `hopper` is made of.
//!
//! `../hopper.rs` is the program itself. Here is a file for each of its commands, and what they
//! share: the [command line](args), [where a run acts](site), [what it acts on](cloud),
//! [progress], the [report](summary), [interrupts](interrupt) and [exit codes](failure::code).

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")
)]

pub mod args;
pub mod chores;
pub mod cloud;
pub mod command;
pub mod failure;
pub mod interrupt;
pub mod journal;
pub mod keys;
pub mod login;
pub mod machines;
pub mod moved;
pub mod node_image;
pub mod out;
pub mod prices;
pub mod progress;
pub mod recipe;
pub mod runtime;
pub mod site;
pub mod summary;
pub mod terminal;

/// Keeps the code in the README true: it is compiled and run with the doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// Likewise the code in the guide to testing.
#[cfg(doctest)]
#[doc = include_str!("../../TESTING.md")]
pub struct Testing;

use args::{Args, Command};
use failure::Failure;
use interrupt::Interrupt;

/// Does what the command line says, and returns the code to exit with.
///
/// # Errors
///
/// When nothing was begun, or it could not go on.
pub fn run(args: &Args) -> Result<u8, Failure> {
    let interrupt = Interrupt::listen()?;
    use Command::{Demo, Down, Image, Sweep, Up};
    if matches!(args.command, Up(_) | Down(_) | Image(_) | Sweep(_) | Demo(_)) {
        interrupt::outlive_the_terminal()?;
    }
    match &args.command {
        Command::Demo(args) => command::demo::demo(args, &interrupt),
        Command::Plan(args) => command::plan::plan(args),
        Command::Preflight(args) => command::preflight::preflight(args),
        Command::Up(args) => command::up::up(args, &interrupt),
        Command::Status(args) => command::status::status(args),
        Command::Sweep(args) => command::sweep::sweep(args, &interrupt),
        Command::RotateKey(args) => command::rotate_key::rotate_key(args),
        Command::Check(args) => command::check::check(args, &interrupt),
        Command::Down(args) => command::down::down(args, &interrupt),
        Command::Resolve(args) => command::resolve::resolve(args),
        Command::Image(args) => command::image::image(args, &interrupt),
        Command::Kubeconfig(args) => command::kubeconfig::kubeconfig(args),
        Command::Ssh(args) => command::ssh::ssh(args),
        Command::Tunnel(args) => command::tunnel::tunnel(args, &interrupt),
        Command::Stop(args) => command::stop::stop(args, &interrupt),
        Command::Start(args) => command::start::start(args, &interrupt),
        Command::Renew(args) => command::renew::renew(args, &interrupt),
        Command::Cost(args) => command::cost::cost(args),
        Command::Serve(args) => command::serve::serve(args, &interrupt),
    }
}
