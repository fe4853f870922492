//! Starting, stopping, and images.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::reach::console;
use super::site::{Site, up};
use crate::support::{accepted, made, seconds};

fn user_data(script: &str) -> String {
    BASE64_STANDARD.encode(script)
}

// [D] User data runs once, as root, after the host is up; nobody has to look.
#[tokio::test(start_paused = true)]
async fn user_data_runs_by_itself() {
    let site = Site::new().await;
    let script = user_data("#!/bin/bash\nset -ex\nwhoami >> /opt/ran\nsleep 20\necho finished\n");
    let id = site.private(&[("UserData", &script)]).await;
    let client = site.client_of(&id).await;
    assert_eq!(client.printed("sudo cat /opt/ran").await, "root\n");
    assert!(!console(&site, &id).contains("finished\n"));
    tokio::time::sleep(seconds(20)).await;
    let log = client.printed("cat /var/log/cloud-init-output.log").await;
    assert_eq!(log, "+ whoami\n+ sleep 20\n+ echo finished\nfinished\n");
    assert!(console(&site, &id).ends_with(&log));
    assert_eq!(client.printed("sudo test -e /var/lib/cloud/instance/boot-finished").await, "");

    accepted(site.mock(), "RebootInstances", &[("InstanceId.1", &id)]);
    up().await;
    let client = site.client_of(&id).await;
    assert_eq!(client.printed("sudo cat /opt/ran").await, "root\n");
}

// [D] A script that fails is told in the log and on the console.
#[tokio::test(start_paused = true)]
async fn user_data_that_fails_says_so() {
    let site = Site::new().await;
    let id = site.private(&[("UserData", &user_data("#!/bin/sh -e\nfalse\ntouch /never\n"))]).await;
    let client = site.client_of(&id).await;
    assert_eq!(client.run("test -e /never").await.status, Some(1));
    assert!(console(&site, &id).contains("exit status 1"), "{}", console(&site, &id));
    assert!(client.printed("cat /run/cloud-init/result.json").await.contains("errors\": [\""));
}

// [D] The disk stays over a stop, the memory does not, and connections end.
#[tokio::test(start_paused = true)]
async fn a_stop_ends_connections_and_keeps_the_disk() {
    let site = Site::new().await;
    let id = site.private(&[]).await;
    let client = site.client_of(&id).await;
    client.printed("echo kept > file; sudo modprobe overlay; sudo hostname other").await;
    let (ended, ()) = tokio::join!(client.run("sleep 600; echo never"), async {
        tokio::time::sleep(seconds(5)).await;
        accepted(site.mock(), "StopInstances", &[("InstanceId.1", &id)]);
    });
    assert_eq!((ended.status, ended.stdout.as_str()), (None, ""));
    tokio::time::sleep(seconds(25)).await;
    assert!(site.client().await.beyond(&site.private_ip(&id)).await.is_none());
    accepted(site.mock(), "StartInstances", &[("InstanceId.1", &id)]);
    up().await;
    let client = site.client_of(&id).await;
    assert_eq!(client.printed("cat file").await, "kept\n");
    let name = format!("ip-{}\n", site.private_ip(&id).replace('.', "-"));
    assert_eq!(client.printed("lsmod | grep overlay || hostname").await, name);
    assert_eq!(client.host_key, site.client_of(&id).await.host_key);
}

// [D] What is started from an image has its disk, and a key and user data of its own.
#[tokio::test(start_paused = true)]
async fn an_image_has_the_disk_of_its_host() {
    let site = Site::new().await;
    let id = site.private(&[]).await;
    let client = site.client_of(&id).await;
    let ended = client.run("echo baked | sudo tee /opt/baked; sudo shutdown -h now").await;
    assert_eq!(ended.status, None);
    tokio::time::sleep(seconds(25)).await;
    assert_eq!(site.ground.state(&id), "stopped");
    let params = [("InstanceId", id.as_str()), ("Name", "baked")];
    let image = made(&accepted(site.mock(), "CreateImage", &params), "imageId");
    tokio::time::sleep(seconds(180)).await;
    accepted(site.mock(), "TerminateInstances", &[("InstanceId.1", &id)]);
    let script = user_data("#!/bin/sh\ncat /opt/baked > /opt/seen\n");
    let other = site.private(&[("ImageId", &image), ("UserData", &script)]).await;
    let other_client = site.client_of(&other).await;
    assert_eq!(other_client.printed("cat /opt/seen").await, "baked\n");
    assert_ne!(other_client.host_key, client.host_key);
    let fresh = site.private(&[]).await;
    assert_eq!(site.client_of(&fresh).await.run("cat /opt/baked").await.status, Some(1));
}
