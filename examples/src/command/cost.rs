//! `hopper cost`: what it costs, an hour and a month.

use crate::{
    args::{Cost, Format},
    failure::{Failure, code},
    journal,
    machines::{GROUP, INSTANCE},
    out::say,
    prices::{Prices, Regional},
    site::Site,
};
use hopper_core::{Ledger, State};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt;

/// A month, as AWS counts it.
const HOURS: f64 = 730.0;
/// The root volume of Ubuntu's images, in GB, where none is given.
const ROOT: f64 = 8.0;

/// Says what the run of the journal costs, or what the recipe's would.
///
/// # Errors
///
/// When the journal or the settings are wrong, or prices of the region are not known.
pub fn cost(args: &Cost) -> Result<u8, Failure> {
    let ledger = journal::ledger(&args.of)?;
    let site = Site::of(&ledger)?;
    let is_asked = args.choice.recipe.is_some() || args.choice.config.is_some();
    let (things, region) = match site.filter(|_| !is_asked) {
        Some(site) => (of_ledger(&ledger), site.region),
        None => {
            let recipe = args.choice.recipe.unwrap_or_default();
            let plan = recipe.plan(&recipe.settings(args.choice.config.as_deref())?)?;
            let node = |node: &hopper_core::Node| {
                let inputs = serde_json::from_str(&node.inputs()).unwrap_or_default();
                Thing { step: node.name().to_owned(), kind: node.kind().to_owned(), inputs }
            };
            (plan.nodes().iter().map(node).collect(), None)
        }
    };
    let region = args.region.clone().or(region).unwrap_or_else(|| "eu-west-1".to_owned());
    let prices = Prices::read(args.prices.as_deref())?;
    let bill = Bill::of(&things, prices.of(&region)?, false);
    match args.of.format {
        Format::Json => say(json!({
            "event": "cost", "region": region, "date": prices.date, "lines": bill.0,
            "an_hour": bill.hour(), "a_month": bill.hour() * HOURS,
        })),
        Format::Text => {
            say(&bill);
            say(format_args!(
                "in {region}, in US dollars without tax and traffic, prices of {}",
                prices.date
            ));
        }
    }
    Ok(code::DONE)
}

/// What still costs once its machines are stopped.
pub(super) fn still(ledger: &Ledger, region: Option<&str>) -> Result<String, Failure> {
    let prices = Prices::read(None)?;
    Ok(match prices.of(region.unwrap_or_default()) {
        Ok(prices) => {
            format!("what still costs:\n{}", Bill::of(&of_ledger(ledger), prices, true))
        }
        Err(unknown) => format!("what still costs is not known: {unknown}"),
    })
}

/// What may cost.
struct Thing {
    step: String,
    kind: String,
    inputs: Value,
}

fn of_ledger(ledger: &Ledger) -> Vec<Thing> {
    let left = ledger.left().filter(|account| account.state != State::Failed);
    left.map(|account| Thing {
        step: account.started.step.to_string(),
        kind: account.started.kind.to_string(),
        inputs: serde_json::from_str(account.started.inputs.shown().text()).unwrap_or_default(),
    })
    .collect()
}

/// What is to be paid, a line for each thing.
struct Bill(Vec<Line>);

#[derive(Serialize)]
struct Line {
    step: String,
    what: String,
    /// `None` if the price is not known.
    an_hour: Option<f64>,
}

impl Bill {
    /// With the machines stopped, only what they keep costs.
    fn of(things: &[Thing], prices: &Regional, is_stopped: bool) -> Self {
        let mut bill = Self(Vec::new());
        for thing in things {
            bill.add(thing, things, prices, is_stopped);
        }
        bill
    }

    fn add(&mut self, thing: &Thing, all: &[Thing], prices: &Regional, is_stopped: bool) {
        let inputs = &thing.inputs;
        let mut line = |what: String, an_hour: Option<f64>| {
            self.0.push(Line { step: thing.step.clone(), what, an_hour });
        };
        let price = |kind: &str| prices.instances.get(kind).copied();
        match &*thing.kind {
            INSTANCE => {
                let kind = inputs["instance_type"].as_str().unwrap_or_default();
                let is_spent = inputs["stopped_later"] == true;
                if !is_stopped && !is_spent {
                    line(kind.to_owned(), price(kind));
                    if inputs["public_address"] == true {
                        line("a public address".to_owned(), Some(prices.public_address));
                    }
                }
                let gb = volume(inputs);
                line(format!("its volume of {gb} GB"), Some(gb * prices.gp3 / HOURS));
            }
            GROUP if !is_stopped => {
                let n = inputs["desired"].as_f64().unwrap_or_default();
                let template = all.iter().find(|thing| thing.kind.contains("launch_"));
                let template = template.map(|template| &template.inputs).unwrap_or(&Value::Null);
                let kind = template["instance_type"].as_str().unwrap_or_default();
                line(format!("{n} of {kind}"), price(kind).map(|price| price * n));
                let gb = volume(template);
                line(format!("their volumes of {gb} GB"), Some(n * gb * prices.gp3 / HOURS));
            }
            "aws.ec2.nat_gateway" => line("a NAT gateway".to_owned(), Some(prices.nat_gateway)),
            "aws.ec2.address" => line("a public address".to_owned(), Some(prices.public_address)),
            "kubernetes.service_address" => {
                line("a load balancer".to_owned(), Some(prices.load_balancer));
            }
            "aws.elbv2.network_load_balancer" => {
                line("a network load balancer".to_owned(), prices.network_load_balancer);
            }
            "aws.ec2.image" => {
                line(
                    format!("a snapshot of up to {ROOT} GB"),
                    Some(ROOT * prices.snapshot / HOURS),
                );
            }
            _ => (),
        }
    }

    /// What it costs an hour, as far as it is known.
    fn hour(&self) -> f64 {
        self.0.iter().filter_map(|line| line.an_hour).sum()
    }
}

/// How large a machine's volume is, in GB.
fn volume(inputs: &Value) -> f64 {
    inputs["root_volume"]["size"].as_f64().unwrap_or(ROOT)
}

impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|line| line.step.len()).max().unwrap_or_default().max(5);
        let mut unknown = 0;
        for Line { step, what, an_hour } in &self.0 {
            match an_hour {
                Some(an_hour) => writeln!(
                    f,
                    "  {step:<width$}  {what:<28} {an_hour:>8.4} an hour {:>8.2} a month",
                    an_hour * HOURS
                )?,
                None => {
                    unknown += 1;
                    writeln!(f, "  {step:<width$}  {what:<28} not in the table of prices")?;
                }
            }
        }
        let hour = self.hour();
        write!(f, "  {:<width$}  {:<28} {hour:>8.4} an hour", "all", "")?;
        write!(f, " {:>8.2} a month", hour * HOURS)?;
        match unknown {
            0 => Ok(()),
            n => write!(f, ", and {n} of unknown price"),
        }
    }
}
