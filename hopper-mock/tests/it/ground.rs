//! A network to start instances in.

use hopper_mock::{Builder, Mock, Reply};

use crate::support::{accepted, internet_gateway, made, mock, refused, seconds, subnet, vpc};

/// A VPC with public names, an internet gateway, and a subnet.
pub(crate) struct Ground {
    pub(crate) mock: Mock,
    pub(crate) vpc_id: String,
    pub(crate) subnet_id: String,
    pub(crate) image_id: String,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self::of(mock())
    }

    pub(crate) fn built(change: impl FnOnce(Builder) -> Builder) -> Self {
        Self::of(change(Mock::builder().seed(7)).build())
    }

    fn of(mock: Mock) -> Self {
        let vpc_id = vpc(&mock, "10.0.0.0/16");
        let hostnames = [("VpcId", vpc_id.as_str()), ("EnableDnsHostnames.Value", "true")];
        accepted(&mock, "ModifyVpcAttribute", &hostnames);
        internet_gateway(&mock, &vpc_id);
        let subnet_id = subnet(&mock, &vpc_id, "10.0.0.0/20");
        let image_id = image(&mock, "*hvm-ssd/ubuntu-xenial-16.04*");
        Self { mock, vpc_id, subnet_id, image_id }
    }

    /// The parameters of a launch of one instance.
    pub(crate) fn launch<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut params = vec![
            ("ImageId", self.image_id.as_str()),
            ("InstanceType", "t2.micro"),
            ("MinCount", "1"),
            ("MaxCount", "1"),
            ("SubnetId", self.subnet_id.as_str()),
        ];
        for (name, value) in more {
            params.retain(|(known, _)| known != name);
            if !value.is_empty() {
                params.push((name, value));
            }
        }
        params
    }

    /// Starts instances.
    #[track_caller]
    pub(crate) fn run(&self, more: &[(&str, &str)]) -> Reply {
        accepted(&self.mock, "RunInstances", &self.launch(more))
    }

    /// Starts an instance and gives its id.
    #[track_caller]
    pub(crate) fn start(&self, more: &[(&str, &str)]) -> String {
        made(&self.run(more), "instancesSet/0/instanceId")
    }

    /// Starts an instance and waits until it runs.
    #[track_caller]
    pub(crate) fn running(&self, more: &[(&str, &str)]) -> String {
        let id = self.start(more);
        self.mock.advance(seconds(13));
        assert_eq!(self.shown(&id, "instanceState/name").as_deref(), Some("running"));
        id
    }

    /// Checks that a launch is refused and changes nothing.
    #[track_caller]
    pub(crate) fn refused(&self, more: &[(&str, &str)], expected: &str) {
        let before = self.mock.world();
        refused(&self.mock, "RunInstances", &self.launch(more), expected);
        assert_eq!(self.mock.world().diff(&before).to_string(), "");
    }

    /// What a describe shows of an instance.
    #[track_caller]
    pub(crate) fn shown(&self, id: &str, path: &str) -> Option<String> {
        let reply = accepted(&self.mock, "DescribeInstances", &[("InstanceId.1", id)]);
        reply.text(&format!("reservationSet/0/instancesSet/0/{path}")).map(str::to_owned)
    }

    /// The name of the state of an instance.
    #[track_caller]
    pub(crate) fn state(&self, id: &str) -> String {
        self.shown(id, "instanceState/name").unwrap()
    }

    /// A call about one instance.
    #[track_caller]
    pub(crate) fn instance(&self, operation: &str, id: &str) -> Reply {
        accepted(&self.mock, operation, &[("InstanceId.1", id)])
    }
}

/// The newest image of Canonical's with a name like this, as the chapter looks it up.
#[track_caller]
pub(crate) fn image(mock: &Mock, name: &str) -> String {
    let params = [
        ("Owner.1", "099720109477"),
        ("Filter.1.Name", "root-device-type"),
        ("Filter.1.Value.1", "ebs"),
        ("Filter.2.Name", "architecture"),
        ("Filter.2.Value.1", "x86_64"),
        ("Filter.3.Name", "name"),
        ("Filter.3.Value.1", name),
    ];
    let reply = accepted(mock, "DescribeImages", &params);
    let names = reply.texts("imagesSet/*/name");
    let ids = reply.texts("imagesSet/*/imageId");
    let newest = names.into_iter().zip(ids).max().unwrap();
    newest.1.to_owned()
}
