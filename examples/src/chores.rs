//! [`chores`]: a few steps that no journal is kept of, since doing them again does no harm.

use crate::{
    args::Format, cloud::Cloud, failure::Failure, interrupt::Interrupt, progress::Progress,
};
use hopper_core::{MemoryJournal, OnFailure, Outcome, Report, Workflow};

/// Runs them to the end.
///
/// # Errors
///
/// When one of them fails, or they are interrupted: what is done stays, and the command can be
/// given again.
pub async fn chores(
    w: &Workflow,
    cloud: &Cloud,
    format: Format,
    interrupt: &Interrupt,
) -> Result<Report, Failure> {
    let plan = w.plan().map_err(Failure::failed)?;
    let progress = Progress::new(format, cloud.is_simulated());
    let engine = cloud.engine(MemoryJournal::default(), progress.clone(), None);
    let engine = engine.on_failure(OnFailure::Keep).cancel(interrupt.cancel());
    let report = engine.run(&plan).await.map_err(Failure::failed);
    progress.finish();
    let report = report?;
    match (report.outcome, report.errors.first()) {
        (Outcome::Done, _) => Ok(report),
        _ if interrupt.came() => {
            Err(Failure::interrupted("interrupted: give the command again to go on"))
        }
        (_, Some((step, error))) => Err(Failure::failed(format_args!("{step}: {error}"))),
        (outcome, None) => Err(Failure::failed(format_args!("it ended {outcome:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{failure::code, runtime, site::Backend};
    use hopper_aws::{Tags, ec2::Vpc};
    use hopper_mock::{Mock, Moment};
    use std::ops::ControlFlow;

    /// How two chores end, one after the other, and how many calls there were.
    fn ended(mock: &Mock, interrupt: &Interrupt) -> (Result<Report, Failure>, usize) {
        let w = Workflow::new("chores");
        let vpc = |name: &str| Vpc {
            cidr: "10.0.0.0/16".parse().map(hopper_aws::Cidr::into).unwrap(),
            dns_support: true,
            dns_hostnames: true,
            tags: Tags::named(name),
        };
        let first = w.step("first").does(vpc("first"));
        w.step("second").after(&first).does(vpc("second"));
        let ended = runtime::run::<_, Failure>(Backend::Mock, async {
            let cloud = Cloud::simulated(mock.clone(), Vec::new());
            Ok(chores(&w, &cloud, Format::Json, interrupt).await)
        });
        (ended.unwrap(), mock.world().ec2.vpcs.len())
    }

    #[test]
    fn what_an_interrupt_ends_exits_as_interrupted() {
        let (mock, interrupt) = (Mock::builder().build(), Interrupt::default());
        let asking = interrupt.clone();
        mock.watch(move |call, moment, _| {
            if (call, moment) == (1, Moment::AfterEffect) {
                asking.ask();
            }
            ControlFlow::Continue(())
        });
        let (ended, n_vpcs) = ended(&mock, &interrupt);
        let failure = ended.unwrap_err();
        assert_eq!((failure.code, n_vpcs), (code::INTERRUPTED, 1), "{failure}");
        assert!(failure.message.contains("again to go on"), "{failure}");
    }

    #[test]
    fn what_fails_by_itself_does_not() {
        let (mock, interrupt) = (Mock::builder().build(), Interrupt::default());
        mock.fail("CreateVpc").deny();
        let (ended, n_vpcs) = ended(&mock, &interrupt);
        let failure = ended.unwrap_err();
        assert_eq!((failure.code, n_vpcs), (code::FAILED, 0), "{failure}");
        assert!(failure.message.starts_with("first: "), "{failure}");
    }

    #[test]
    fn without_either_all_is_done() {
        let (mock, interrupt) = (Mock::builder().build(), Interrupt::default());
        let (done, n_vpcs) = ended(&mock, &interrupt);
        assert_eq!((done.unwrap().outcome, n_vpcs), (Outcome::Done, 2));
    }
}
