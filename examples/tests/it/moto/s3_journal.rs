//! The journal in moto's S3: a store that is not ours, and writers that race over real sockets.

use super::server::Moto;
use crate::{
    program::{Ended, Program},
    python,
};
use hopper_aws::{Aws, S3Journal};
use hopper_core::{
    Journal as _, JournalError, Lease, Owner, Record, testing::journal::conformance,
};
use hopper_mock::Mock;
use std::{
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};
use tokio::{runtime::Runtime, sync::Barrier, task::JoinSet};

/// A moto with the bucket `team-journals`.
fn moto() -> Option<Moto> {
    let moto = Moto::start(python::bin()?);
    moto.cloud("bucket");
    Some(moto)
}

/// A journal in moto's bucket, with a client of its own.
fn journal(url: &str, prefix: &str) -> S3Journal {
    let http = aws_smithy_http_client::Builder::new().build_http();
    // Its region and credentials do for moto, which looks at neither.
    let config = Mock::builder().build().sdk_config().to_builder().http_client(http);
    let aws = Aws::new(&config.endpoint_url(url).build());
    S3Journal::new(aws.s3().clone(), format!("s3://team-journals/{prefix}").parse().unwrap())
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

#[test]
fn it_keeps_what_every_journal_promises() {
    let Some(moto) = moto() else { return };
    let n = AtomicU32::new(0);
    let make = async || {
        let n = n.fetch_add(1, Ordering::Relaxed);
        journal(&moto.url, &format!("conformance/{n}"))
    };
    let again = |one: &S3Journal| journal(&moto.url, one.location().prefix());
    Runtime::new().unwrap().block_on(conformance(make, again));
}

#[test]
fn of_eight_at_once_one_wins() {
    let Some(moto) = moto() else { return };
    Runtime::new().unwrap().block_on(async {
        for round in 0..10 {
            let start = Arc::new(Barrier::new(8));
            let mut writers = JoinSet::new();
            for _ in 0..8 {
                let journal = journal(&moto.url, &format!("race/{round}"));
                let start = start.clone();
                writers.spawn(async move {
                    start.wait().await;
                    // All the same, down to the name and the time: they write the same bytes.
                    let lease = journal.acquire(&Owner::new("process 1"), 1).await?;
                    let won = [Record::Unwinding { why: "won".to_owned() }];
                    journal.append(&lease, 2, &won).await
                });
            }
            let ended = writers.join_all().await;
            let lost = ended.iter().filter(|e| matches!(e, Err(JournalError::Busy { .. })));
            assert_eq!((lost.count(), ended.iter().flatten().count()), (7, 1), "{ended:?}");
            let left = journal(&moto.url, &format!("race/{round}")).read().await.unwrap();
            assert_eq!(left.len(), 2, "{left:?}");
        }
    });
}

/// The takeover falls between two appends; from then on all of the former owner's are refused.
#[test]
fn a_former_owner_is_fenced_in_the_middle_of_its_writing() {
    let Some(moto) = moto() else { return };
    let lease_ms = u64::try_from(Lease::DURATION.as_millis()).unwrap();
    Runtime::new().unwrap().block_on(async {
        let (one, two) = (journal(&moto.url, "fenced"), journal(&moto.url, "fenced"));
        let former = one.acquire(&Owner::new("alice"), 1).await.unwrap();
        let record = |step: String| [Record::Undone { step: step.into() }];
        let writing = tokio::spawn(async move {
            for n in 0.. {
                if let Err(error) = one.append(&former, 1, &record(format!("alice {n}"))).await {
                    return (n, error);
                }
                // Slower and slower, so that the successor gets in between on any machine.
                tokio::time::sleep(Duration::from_millis(20) * u32::try_from(n).unwrap()).await;
            }
            unreachable!("somebody takes over");
        });
        while two.read().await.unwrap().len() < 5 {}
        let successor = two.acquire(&Owner::new("bob"), 1 + lease_ms).await.unwrap();
        for n in 0..20 {
            let at = 1 + lease_ms;
            two.append(&successor, at, &record(format!("bob {n}"))).await.unwrap();
        }
        let (n_written, refused) = writing.await.unwrap();
        assert!(matches!(refused, JournalError::Fenced { ours: 1, theirs: 2 }), "{refused:?}");
        // A takeover, and not one record of the former owner behind it or lost before it.
        let epochs: Vec<_> = two.read().await.unwrap().iter().map(|entry| entry.epoch).collect();
        assert_eq!(epochs, [vec![1; 1 + n_written], vec![2; 21]].concat());
    });
}

#[test]
fn another_machine_goes_on_with_a_run_that_was_killed() {
    let Some(moto) = moto() else { return };
    let before = moto.inventory();
    let team = |line: &str| {
        format!("{line} --journal s3://team-journals/hopper/prod --endpoint-url {}", moto.url)
    };
    let up = team("up --recipe chapter-machines --backend aws");

    let laptop = Program::new();
    let killed = laptop.with_credentials(&up).spawn().unwrap();
    kill_after(killed, 40, &moto.url);

    // Nothing tells that it is dead: its lease has to expire first.
    let other = Program::new();
    let mut resumed = Ended::of(other.with_credentials(&up).output().unwrap());
    assert!(resumed.stderr.contains("the journal is in use by somebody, process"), "{resumed:#?}");
    while resumed.stderr.contains("the journal is in use by") {
        thread::sleep(Duration::from_secs(3));
        resumed = Ended::of(other.with_credentials(&up).output().unwrap());
    }
    assert_eq!(resumed.code, 0, "{resumed:#?}");
    super::assert_is_the_chapter(&moto.inventory(), &before);

    // What is in the bucket is a journal as in a file.
    other.write("copied.journal", moto.cloud("journal"));
    let status = |line: &str| other.with_credentials(line).output().map(Ended::of).unwrap();
    let (there, copied) = (status(&team("status")), status("status --journal copied.journal"));
    assert_eq!((there.code, &there.stdout), (0, &copied.stdout), "{there:#?}");

    let third = Program::new();
    let checked = Ended::of(third.with_credentials(&team("check")).output().unwrap());
    assert!(checked.last().contains("all as recorded"), "{checked:#?}");
    let down = Ended::of(third.with_credentials(&team("down")).output().unwrap());
    assert_eq!((down.code, down.last()), (0, "0 left"), "{down:#?}");
    for (kind, was) in before.as_object().unwrap() {
        assert_eq!(&moto.inventory()[kind], was, "{kind} are not as before");
    }

    let nowhere = format!("status --journal s3://no-such-bucket/a --endpoint-url {}", moto.url);
    let nowhere = Ended::of(third.with_credentials(&nowhere).output().unwrap());
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.stderr.contains("NoSuchBucket"), "{nowhere:#?}");
}

/// Kills a run once its journal has so many records. It must not have ended before.
fn kill_after(mut child: Child, n: usize, url: &str) {
    let began = now();
    Runtime::new().unwrap().block_on(async {
        let journal = journal(url, "hopper/prod");
        while journal.read().await.unwrap().len() < n {
            assert!(child.try_wait().unwrap().is_none(), "it ended too early");
            assert!(now() - began < 300_000, "it does not get on");
        }
    });
    child.kill().unwrap(); // SIGKILL
    let ended = Ended::waited(child);
    assert_ne!(ended.code, 0, "{ended:#?}");
}
