//! Rules of stopping, starting, ending and changing instances.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::ground::Ground;
use crate::support::{accepted, made, refused, seconds};

const UNKNOWN: &str = "i-0123456789abcdef0";

fn attribute(ground: &Ground, id: &str, name: &str) -> Option<String> {
    let params = [("InstanceId", id), ("Attribute", name)];
    let reply = accepted(&ground.mock, "DescribeInstanceAttribute", &params);
    reply.text(&format!("{name}/value")).map(str::to_owned)
}

// [D] Stopping answers `stopping` with the state before; starting answers `pending`.
#[test]
fn an_instance_stops_and_starts() {
    let ground = Ground::new();
    let id = ground.running(&[]);
    let reply = ground.instance("StopInstances", &id);
    assert_eq!(reply.text("instancesSet/0/currentState/name"), Some("stopping"));
    assert_eq!(reply.text("instancesSet/0/previousState/name"), Some("running"));
    let ids = [("InstanceId.1", id.as_str())];
    refused(&ground.mock, "StartInstances", &ids, "IncorrectInstanceState/400");
    refused(&ground.mock, "RebootInstances", &ids, "IncorrectInstanceState/400");
    ground.mock.advance(seconds(25));
    assert_eq!(ground.state(&id), "stopped");
    let reply = ground.instance("StopInstances", &id);
    assert_eq!(reply.text("instancesSet/0/currentState/name"), Some("stopped"));

    let reply = ground.instance("StartInstances", &id);
    assert_eq!(reply.text("instancesSet/0/currentState/name"), Some("pending"));
    refused(&ground.mock, "StopInstances", &ids, "IncorrectInstanceState/400");
    ground.mock.advance(seconds(13));
    assert_eq!(ground.state(&id), "running");
    assert_eq!(ground.shown(&id, "stateReason/code"), None);
}

// [D] What is terminated is not started, stopped or rebooted any more.
#[test]
fn the_end_is_final() {
    let ground = Ground::new();
    let id = ground.start(&[]);
    ground.instance("TerminateInstances", &id);
    ground.mock.advance(seconds(35));
    assert_eq!(ground.state(&id), "terminated");
    for operation in ["StartInstances", "StopInstances", "RebootInstances"] {
        let ids = [("InstanceId.1", id.as_str())];
        refused(&ground.mock, operation, &ids, "IncorrectInstanceState/400");
    }
}

// [D] One unknown id, and nothing is terminated.
#[test]
fn all_or_none_are_terminated() {
    let ground = Ground::new();
    let id = ground.running(&[]);
    for operation in ["TerminateInstances", "StopInstances", "RebootInstances"] {
        let ids = [("InstanceId.1", id.as_str()), ("InstanceId.2", UNKNOWN)];
        refused(&ground.mock, operation, &ids, "InvalidInstanceID.NotFound/400");
    }
    assert_eq!(ground.state(&id), "running");
}

// [D] Protection against termination and stopping, given at launch or later.
#[test]
fn a_protected_instance_stays() {
    let ground = Ground::new();
    let id = ground.running(&[("DisableApiTermination", "true"), ("DisableApiStop", "true")]);
    let ids = [("InstanceId.1", id.as_str())];
    refused(&ground.mock, "TerminateInstances", &ids, "OperationNotPermitted/400");
    refused(&ground.mock, "StopInstances", &ids, "OperationNotPermitted/400");
    for name in ["disableApiTermination", "disableApiStop"] {
        assert_eq!(attribute(&ground, &id, name).as_deref(), Some("true"));
    }
    for name in ["DisableApiTermination.Value", "DisableApiStop.Value"] {
        let params = [("InstanceId", id.as_str()), (name, "false")];
        accepted(&ground.mock, "ModifyInstanceAttribute", &params);
    }
    ground.instance("StopInstances", &id);
    ground.instance("TerminateInstances", &id);
}

// [D] A shutdown from inside stops the instance, or terminates it, as its behaviour says.
#[test]
fn a_shutdown_from_inside_is_no_call() {
    let ground = Ground::new();
    for (behavior, after, state) in [("stop", 25, "stopped"), ("terminate", 35, "terminated")] {
        let id = ground.running(&[("InstanceInitiatedShutdownBehavior", behavior)]);
        let n_calls = ground.mock.calls().len();
        ground.mock.edit(|world| world.shut_down_guest(&id)).unwrap();
        assert_eq!(ground.mock.calls().len(), n_calls);
        ground.mock.advance(seconds(after));
        assert_eq!(ground.state(&id), state);
        let reason = ground.shown(&id, "stateReason/code");
        assert_eq!(reason.as_deref(), Some("Client.InstanceInitiatedShutdown"));
        let again = ground.mock.edit(|world| world.shut_down_guest(&id));
        assert_eq!(again.unwrap_err().code, "IncorrectInstanceState");
    }
}

// [D] User data and type change only while the instance is stopped.
#[test]
fn some_attributes_change_only_when_stopped() {
    let ground = Ground::new();
    let id = ground.running(&[]);
    let changes = [("UserData.Value", "bmV3"), ("InstanceType.Value", "t3.small")];
    for (name, value) in changes {
        let params = [("InstanceId", id.as_str()), (name, value)];
        refused(&ground.mock, "ModifyInstanceAttribute", &params, "IncorrectInstanceState/400");
    }
    ground.instance("StopInstances", &id);
    ground.mock.advance(seconds(25));
    for (name, value) in changes {
        let params = [("InstanceId", id.as_str()), (name, value)];
        accepted(&ground.mock, "ModifyInstanceAttribute", &params);
    }
    assert_eq!(attribute(&ground, &id, "userData").as_deref(), Some("bmV3"));
    assert_eq!(attribute(&ground, &id, "instanceType").as_deref(), Some("t3.small"));
    let arm = [("InstanceId", id.as_str()), ("InstanceType.Value", "t4g.small")];
    refused(&ground.mock, "ModifyInstanceAttribute", &arm, "InvalidParameterValue/400");
}

// [D] Other attributes change at any time, one a call.
#[test]
fn attributes_change_one_at_a_time() {
    let ground = Ground::new();
    let id = ground.running(&[]);
    let group = crate::security_groups::group(&ground.mock, &ground.vpc_id, "nodes");
    let modify = |params: &[(&str, &str)]| {
        let params = [&[("InstanceId", id.as_str())], params].concat();
        ground.mock.call("ModifyInstanceAttribute", &params).code().map(str::to_owned)
    };
    assert_eq!(modify(&[("SourceDestCheck.Value", "false")]), None);
    assert_eq!(modify(&[("GroupId.1", &group)]), None);
    assert_eq!(modify(&[("InstanceInitiatedShutdownBehavior.Value", "terminate")]), None);
    let mapping = [
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false"),
    ];
    assert_eq!(modify(&mapping), None);
    assert_eq!(attribute(&ground, &id, "sourceDestCheck").as_deref(), Some("false"));
    let behavior = attribute(&ground, &id, "instanceInitiatedShutdownBehavior");
    assert_eq!(behavior.as_deref(), Some("terminate"));
    assert_eq!(ground.shown(&id, "groupSet/0/groupId"), Some(group));
    let deleted = ground.shown(&id, "blockDeviceMapping/0/ebs/deleteOnTermination");
    assert_eq!(deleted.as_deref(), Some("false"));

    let generic = |value| [("Attribute", "disableApiTermination"), ("Value", value)];
    assert_eq!(modify(&generic("true")), None);
    assert_eq!(attribute(&ground, &id, "disableApiTermination").as_deref(), Some("true"));
    assert_eq!(modify(&generic("maybe")).as_deref(), Some("InvalidParameterValue"));
    assert_eq!(modify(&[("Attribute", "userData")]).as_deref(), Some("MissingParameter"));

    assert_eq!(modify(&[]).as_deref(), Some("MissingParameter"));
    let two = [("SourceDestCheck.Value", "true"), ("DisableApiStop.Value", "true")];
    assert_eq!(modify(&two).as_deref(), Some("InvalidParameterCombination"));
    let nowhere = [("BlockDeviceMapping.1.DeviceName", "/dev/sdz"), mapping[1]];
    assert_eq!(modify(&nowhere).as_deref(), Some("InvalidInstanceAttributeValue"));
}

// [D] T3 is `unlimited` and T2 `standard` unless told otherwise; M5 has no credits.
#[test]
fn credits_depend_on_the_type() {
    let ground = Ground::new();
    let (t2, t3) = (ground.running(&[]), ground.running(&[("InstanceType", "t3.micro")]));
    let m5 = ground.running(&[("InstanceType", "m5.large")]);
    let describe = "DescribeInstanceCreditSpecifications";
    let all = accepted(&ground.mock, describe, &[]);
    let ids = all.texts("instanceCreditSpecificationSet/*/instanceId");
    assert_eq!(ids, [t3.as_str()]);
    let code = "InstanceCreditSpecification.NotSupported";
    refused(&ground.mock, describe, &[("InstanceId.1", &m5)], &format!("{code}/400"));
    let params = [
        ("InstanceCreditSpecification.1.InstanceId", t2.as_str()),
        ("InstanceCreditSpecification.1.CpuCredits", "unlimited"),
        ("InstanceCreditSpecification.2.InstanceId", m5.as_str()),
        ("InstanceCreditSpecification.2.CpuCredits", "unlimited"),
    ];
    let reply = accepted(&ground.mock, "ModifyInstanceCreditSpecification", &params);
    let good = reply.texts("successfulInstanceCreditSpecificationSet/*/instanceId");
    assert_eq!(good, [t2.as_str()]);
    let bad = reply.texts("unsuccessfulInstanceCreditSpecificationSet/*/error/code");
    assert_eq!(bad, [code]);
    let reply = ground.instance(describe, &t2);
    let credits = reply.text("instanceCreditSpecificationSet/0/cpuCredits");
    assert_eq!(credits, Some("unlimited"));
}

// [D] Metadata options: defaults by image, changed later.
#[test]
fn metadata_options_change() {
    let ground = Ground::new();
    let noble = crate::ground::image(&ground.mock, "*ubuntu-noble-24.04*");
    let new = ground.running(&[("ImageId", &noble)]);
    assert_eq!(ground.shown(&new, "metadataOptions/httpTokens").as_deref(), Some("required"));
    let id = ground.running(&[]);
    assert_eq!(ground.shown(&id, "metadataOptions/httpTokens").as_deref(), Some("optional"));
    let params = [("InstanceId", id.as_str()), ("HttpTokens", "required")];
    let reply = accepted(&ground.mock, "ModifyInstanceMetadataOptions", &params);
    assert_eq!(reply.text("instanceMetadataOptions/state"), Some("pending"));
    assert_eq!(ground.shown(&id, "metadataOptions/httpTokens").as_deref(), Some("required"));
    assert_eq!(ground.shown(&id, "metadataOptions/state").as_deref(), Some("applied"));
}

// [D] Status checks are `initializing` first; only running instances are listed unless asked for.
#[test]
fn status_checks_take_their_time() {
    let ground = Ground::new();
    let id = ground.running(&[]);
    let status = || {
        let reply = ground.instance("DescribeInstanceStatus", &id);
        let state = reply.text("instanceStatusSet/0/systemStatus/status");
        state.map(str::to_owned)
    };
    assert_eq!(status().as_deref(), Some("initializing"));
    ground.mock.advance(seconds(150));
    assert_eq!(status().as_deref(), Some("ok"));
    accepted(&ground.mock, "RebootInstances", &[("InstanceId.1", &id)]);
    assert_eq!(status().as_deref(), Some("initializing"));
    ground.instance("StopInstances", &id);
    assert_eq!(status(), None);
    let all = [("IncludeAllInstances", "true")];
    let reply = accepted(&ground.mock, "DescribeInstanceStatus", &all);
    let status = reply.text("instanceStatusSet/0/instanceStatus/status");
    assert_eq!(status, Some("not-applicable"));
}

// [U] The console prints the login prompt when the instance has started.
#[test]
fn the_console_prints() {
    let ground = Ground::new();
    let id = ground.start(&[("PrivateIpAddress", "10.0.0.10")]);
    let params = [("InstanceId", id.as_str())];
    assert_eq!(accepted(&ground.mock, "GetConsoleOutput", &params).text("output"), None);
    ground.mock.advance(seconds(13));
    let output = made(&accepted(&ground.mock, "GetConsoleOutput", &params), "output");
    let output = String::from_utf8(BASE64_STANDARD.decode(output).unwrap()).unwrap();
    assert!(output.contains("ip-10-0-0-10 login:"), "{output}");
}

// [D] Types and where they are offered.
#[test]
fn types_are_described() {
    let ground = Ground::new();
    let mock = &ground.mock;
    let reply = accepted(mock, "DescribeInstanceTypes", &[("InstanceType.1", "t3.medium")]);
    for (path, expected) in [
        ("vCpuInfo/defaultVCpus", "2"),
        ("memoryInfo/sizeInMiB", "4096"),
        ("networkInfo/maximumNetworkInterfaces", "3"),
        ("networkInfo/ipv4AddressesPerInterface", "6"),
        ("processorInfo/supportedArchitectures/0", "x86_64"),
        ("burstablePerformanceSupported", "true"),
    ] {
        assert_eq!(reply.text(&format!("instanceTypeSet/0/{path}")), Some(expected), "{path}");
    }
    let unknown = [("InstanceType.1", "t9.huge")];
    refused(mock, "DescribeInstanceTypes", &unknown, "InvalidInstanceType/400");
    let params = [
        ("LocationType", "availability-zone"),
        ("Filter.1.Name", "instance-type"),
        ("Filter.1.Value.1", "t2.micro"),
    ];
    let reply = accepted(mock, "DescribeInstanceTypeOfferings", &params);
    let zones = reply.texts("instanceTypeOfferingSet/*/location");
    assert_eq!(zones, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
}
