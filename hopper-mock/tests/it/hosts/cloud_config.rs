//! User data that is not a script.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::reach::console;
use super::site::{Site, up};
use crate::support::{accepted, seconds};

const CONFIG: &str = r#"#cloud-config
hostname: worker
fqdn: worker.example.com
timezone: UTC
run_cmd: [never]
bootcmd:
  - echo booted >> /opt/boots
write_files:
  - path: /etc/node/key
    permissions: "0600"
    content: |
      hush
  - path: /usr/local/bin/greet
    permissions: "0755"
    encoding: b64
    content: IyEvYmluL3NoCmVjaG8gImhpICQxIgo=
  - {path: /etc/node/key, content: "more\n", append: true, defer: true, permissions: "0600"}
packages: [jq, [socat, 1.8.0.0-4build3]]
runcmd:
  - [greet, "it's 1"]
  - jq -nr '"from jq"'
  - echo $(hostname) ${undefined:-none} > /opt/done
"#;

#[tokio::test(start_paused = true)]
async fn cloud_config_is_done_in_its_order() {
    let site = Site::new().await.with_nat().await;
    let data = BASE64_STANDARD.encode(CONFIG);
    let id = site.private(&[("UserData", &data)]).await;
    tokio::time::sleep(seconds(300)).await;
    let client = site.client_of(&id).await;
    let shown = console(&site, &id);
    assert_eq!(client.printed("cloud-init status --wait").await, "status: done\n", "{shown}");
    assert_eq!(client.printed("sudo cat /opt/done; hostname").await, "worker none\nworker\n");
    assert_eq!(client.printed("sudo cat /etc/node/key").await, "hush\nmore\n");
    assert_eq!(client.run("cat /etc/node/key").await.status, Some(1));
    client.printed("dpkg -s socat | grep 1.8.0.0-4build3").await;
    for line in [
        "hi it's 1\nfrom jq\n",
        "Setting up socat",
        "Additional properties are not allowed ('run_cmd' was unexpected)",
        "the simulator does nothing with timezone",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    accepted(site.mock(), "RebootInstances", &[("InstanceId.1", &id)]);
    up().await;
    let client = site.client_of(&id).await;
    assert_eq!(client.printed("sudo cat /opt/boots").await, "booted\nbooted\n");
    assert_eq!(client.printed("sudo cat /etc/node/key; hostname").await, "hush\nmore\nworker\n");
}

// What fails is told, and the rest is done.
#[tokio::test(start_paused = true)]
async fn what_fails_is_told() {
    let site = Site::new().await;
    for (data, why) in [
        ("#cloud-config\npackages: [jq]\n", "Failed to install the following packages: jq"),
        ("#cloud-config\nbootcmd: ['exit 3']\n", "Failed to run bootcmd module: exit status 3"),
        ("#cloud-config\nruncmd: [{\n", "Failed loading yaml blob"),
        ("#cloud-config\nruncmd: [[sh, -c, 'exit 4']]\n", "exit status 4"),
        ("#cloud-config\nwrite_files: [{path: /x, encoding: gz}]\n", "Failed to write /x"),
        ("hello", "neither a script (#!) nor #cloud-config"),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/x-shellscript\n\n\
             #!/bin/sh\ntouch /first\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\nexit 5\n--b--\n",
            "(part-002)",
        ),
    ] {
        let encoded = BASE64_STANDARD.encode(data);
        let id = site.private(&[("UserData", &encoded)]).await;
        tokio::time::sleep(seconds(300)).await;
        let client = site.client_of(&id).await;
        assert_eq!(client.run("cloud-init status --wait").await.status, Some(1), "{data}");
        let result = client.printed("cat /run/cloud-init/result.json").await;
        let shown = console(&site, &id);
        assert!(shown.contains(why) || result.contains(why), "{data}: {shown}{result}");
        if data.contains("/first") {
            client.printed("test -e /first").await;
        }
    }
}
