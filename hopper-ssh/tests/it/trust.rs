//! Who a host is, and whether it lets us in.

use crate::ground::{Ground, keygen, user};
use hopper_ssh::{Connect, HostKeys, Identity, SshError, Tcp};
use std::time::Duration;

#[test]
fn a_host_key_that_changed_is_refused() {
    Ground::stage("trust::a_host_key_that_changed_is_refused", async |mut ground: Ground| {
        let host = ground.bastion.host();
        let first = ground.connect().to(&Tcp, &host).await.unwrap();
        let key = first.new_key().expect("it was not on record").clone();
        assert_eq!(key.key_data(), ground.bastion.key().key_data());
        let mut pins = HostKeys::default();
        pins.pin(&host.name, &key);
        let connect = ground.connect().host_keys(pins);
        assert!(connect.to(&Tcp, &host).await.unwrap().new_key().is_none());

        ground.bastion.reborn();
        let refused = connect.to(&Tcp, &host).await.unwrap_err();
        let SshError::HostKeyChanged { offered, pinned, .. } = &refused else {
            panic!("{refused}")
        };
        assert!(offered.starts_with("SHA256:") && pinned.starts_with("SHA256:"), "{refused}");
        assert_ne!(offered, pinned);
    });
}

#[test]
fn who_has_another_key_is_told_which_were_tried() {
    Ground::stage("trust::who_has_another_key_is_told_which_were_tried", async |ground: Ground| {
        let other = keygen(&ground.folder.path().join("other"), "ed25519");
        let other = Identity::file(other).unwrap();
        let connect = Connect::new(user(), [other.clone()]).keyless(Duration::from_secs(2));
        let denied = connect.to(&Tcp, &ground.bastion.host()).await.unwrap_err();
        let told = denied.to_string();
        assert!(matches!(denied, SshError::Denied { .. }), "{denied:?}");
        assert!(told.contains(&format!("{other:?}")), "{told}");
        // With the right one behind it, it is let in.
        let connect = Connect::new(user(), [other, ground.identity()]);
        connect.to(&Tcp, &ground.bastion.host()).await.unwrap();
    });
}

#[test]
fn nobody_is_waited_for_until_the_deadline() {
    Ground::stage("trust::nobody_is_waited_for_until_the_deadline", async |ground: Ground| {
        let connect = ground.connect().deadline(Duration::from_secs(3));
        let nobody = connect.to(&Tcp, &ground.nobody()).await.unwrap_err();
        assert!(matches!(nobody, SshError::NoAnswer { .. }), "{nobody:?}");
        assert!(nobody.to_string().starts_with("nobody ("), "{nobody}");
    });
}

#[test]
fn a_host_that_boots_is_waited_for() {
    Ground::stage("trust::a_host_that_boots_is_waited_for", async |mut ground: Ground| {
        ground.bastion.down();
        let (connect, host) = (ground.connect(), ground.bastion.host());
        let (session, ()) = tokio::join!(connect.to(&Tcp, &host), async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            ground.bastion.up();
        });
        session.unwrap();
    });
}
