//! Faults, over the same wire the SDK uses.

use std::time::Duration;

use hopper_mock::{Mock, Time, Visibility};
use tokio::time::timeout;

use crate::support::{mock, seconds};

/// Sends a call over the wire and gives its code and status.
async fn send(mock: &Mock, operation: &str, params: &[(&str, &str)]) -> Result<String, String> {
    let reply = mock.send(operation, params).await.map_err(|broken| broken.to_string())?;
    Ok(format!("{}/{}", reply.code().unwrap_or("ok"), reply.status))
}

async fn create(mock: &Mock) -> Result<String, String> {
    send(mock, "CreateVpc", &[("CidrBlock", "10.0.0.0/16")]).await
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_its_time_and_acts_half_way() {
    let mock = mock();
    assert!(timeout(Duration::from_millis(150), create(&mock)).await.is_err());
    assert!(mock.world().ec2.vpcs.is_empty(), "given up on before it arrived");
    assert!(timeout(Duration::from_millis(250), create(&mock)).await.is_err());
    assert_eq!(mock.world().ec2.vpcs.len(), 1, "given up on after it had acted");
    create(&mock).await.unwrap();
    assert_eq!(mock.now().since(Time::START), Duration::from_millis(800));
}

#[tokio::test(start_paused = true)]
async fn an_error_comes_after_so_many_and_so_often() {
    let mock = mock();
    mock.fail("CreateVpc").times(2).after(1).error("InsufficientInstanceCapacity");
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(create(&mock).await.unwrap());
    }
    let capacity = "InsufficientInstanceCapacity/500";
    assert_eq!(codes, ["ok/200", capacity, capacity, "ok/200"]);
    assert_eq!(mock.world().ec2.vpcs.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn refusals_speak_the_language_of_the_service() {
    let mock = mock();
    for (arm, ec2, sts) in [
        ("throttle", "RequestLimitExceeded/503", "Throttling/400"),
        ("unavailable", "Unavailable/503", "ServiceUnavailable/503"),
        ("deny", "UnauthorizedOperation/403", "AccessDenied/403"),
    ] {
        let fault = mock.fail("*").times(2);
        match arm {
            "throttle" => fault.throttle(),
            "unavailable" => fault.unavailable(),
            _ => fault.deny(),
        }
        assert_eq!(send(&mock, "DescribeVpcs", &[]).await.unwrap(), ec2);
        assert_eq!(send(&mock, "sts:GetCallerIdentity", &[]).await.unwrap(), sts);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_has_had_its_effect_and_a_reset_has_not() {
    let mock = mock();
    mock.fail("CreateVpc").reset();
    assert_eq!(create(&mock).await.unwrap_err(), "connection reset before the request was handled");
    assert_eq!(mock.world().ec2.vpcs.len(), 0);
    mock.fail("CreateVpc").lose_reply();
    assert_eq!(create(&mock).await.unwrap_err(), "connection closed before the reply was complete");
    assert_eq!(mock.world().ec2.vpcs.len(), 1);
    let log = mock.calls().to_string();
    let lines: Vec<_> = log.lines().map(|line| line.split_once("-> ").unwrap().1).collect();
    assert_eq!(lines, ["none (reset)", "ok (reply lost)"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_may_hang_or_be_slow() {
    let mock = mock();
    mock.fail("CreateVpc").hang();
    assert!(timeout(seconds(3600), create(&mock)).await.is_err());
    assert!(mock.world().ec2.vpcs.is_empty());
    mock.fail("CreateVpc").slow(seconds(30));
    assert!(timeout(seconds(29), create(&mock)).await.is_err());
    assert_eq!(mock.world().ec2.vpcs.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_fault_may_be_aimed() {
    let mock = mock();
    mock.fail("ec2:Create*").with_param("10.1.0.0/16").always().throttle();
    mock.fail("sts:CreateVpc").always().deny();
    assert_eq!(create(&mock).await.unwrap(), "ok/200");
    for _ in 0..3 {
        let reply = send(&mock, "CreateVpc", &[("CidrBlock", "10.1.0.0/16")]).await;
        assert_eq!(reply.unwrap(), "RequestLimitExceeded/503");
    }
    mock.heal();
    let reply = send(&mock, "CreateVpc", &[("CidrBlock", "10.1.0.0/16")]).await;
    assert_eq!(reply.unwrap(), "ok/200");
}

#[tokio::test(start_paused = true)]
async fn chance_follows_from_the_seed() {
    async fn struck(seed: u64) -> Vec<bool> {
        let mock = Mock::builder().seed(seed).build();
        mock.fail("DescribeVpcs").percent(30).always().throttle();
        let mut struck = Vec::new();
        for _ in 0..100 {
            struck.push(send(&mock, "DescribeVpcs", &[]).await.unwrap() != "ok/200");
        }
        struck
    }
    let first = struck(1).await;
    let n_struck = first.iter().filter(|struck| **struck).count();
    assert!((15..45).contains(&n_struck), "{n_struck} of 100");
    assert_eq!(first, struck(1).await);
    assert_ne!(first, struck(2).await);
}

#[tokio::test(start_paused = true)]
async fn what_struck_is_counted_by_label() {
    let mock = mock();
    assert!(mock.struck().is_empty());
    mock.fail("CreateVpc").times(2).throttle();
    mock.fail("CreateVpc").label("no luck").reset();
    mock.fail("CreateSubnet").hang();
    for _ in 0..4 {
        _ = create(&mock).await;
    }
    let struck: Vec<_> = mock.struck().into_iter().collect();
    assert_eq!(struck, [("no luck".to_owned(), 1), ("throttled".to_owned(), 2)]);
}

#[test]
fn a_doom_and_what_is_not_visible_yet_are_counted() {
    let late = Visibility::Fixed(Duration::from_secs(9));
    let mock = Mock::builder().visibility(late).build();
    let vpc = mock.call("CreateVpc", &[("CidrBlock", "10.0.0.0/16")]);
    assert_eq!(vpc.status, 200);
    let id = mock.world().ec2.vpcs.keys().next().unwrap().clone();
    assert_eq!(mock.call("DeleteVpc", &[("VpcId", &id)]).code(), Some("InvalidVpcID.NotFound"));
    mock.advance(Duration::from_secs(10));
    mock.call("DeleteVpc", &[("VpcId", "vpc-0123456789abcdef0")]);
    assert_eq!(mock.struck().get("not visible yet"), Some(&1));
    assert!(mock.world().tags_of(&id).is_some_and(|tags| tags.is_empty()));
}
