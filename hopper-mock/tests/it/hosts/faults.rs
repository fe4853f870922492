//! What goes wrong on hosts when a test says so.

use super::site::Site;
use crate::support::{accepted, seconds};

#[tokio::test(start_paused = true)]
async fn a_program_fails_once() {
    let site = Site::new().await;
    let client = site.client().await;
    site.mock().fail_program("modprobe overlay").on(&site.bastion).exits(9, "no such luck");
    site.mock().fail_program("whoami").on("i-0123456789abcdef0").exits(9, "elsewhere");
    let ended = client.run("whoami; sudo modprobe overlay").await;
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(9), "no such luck\n"));
    assert_eq!(client.run("sudo modprobe overlay").await.status, Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_program_hangs_until_its_host_goes() {
    let site = Site::new().await;
    let client = site.client().await;
    site.mock().fail_program("whoami").hangs();
    let run = client.run("whoami; touch never");
    let ended = tokio::time::timeout(seconds(3600), run).await;
    assert!(ended.is_err());
    accepted(site.mock(), "TerminateInstances", &[("InstanceId.1", &site.bastion)]);
    let transcript = site.mock().transcript(&site.bastion);
    assert_eq!(transcript.of("whoami").next().unwrap().status, None);
}

// What was begun over a connection that is cut goes on.
#[tokio::test(start_paused = true)]
async fn a_cut_connection_does_not_stop_a_script() {
    let site = Site::new().await;
    let client = site.client().await;
    let (ended, ()) = tokio::join!(client.run("sleep 30; echo done > finished"), async {
        tokio::time::sleep(seconds(5)).await;
        site.mock().cut_connections(&site.bastion);
    });
    assert_eq!(ended.status, None);
    let client = site.client().await;
    assert_eq!(client.run("test -e finished").await.status, Some(1));
    tokio::time::sleep(seconds(30)).await;
    assert_eq!(client.printed("cat finished").await, "done\n");
}
