//! A machine for an instance of another AWS.

use super::{
    follow::{Wrong, done},
    network,
};
use crate::Aws;
use aws_sdk_ec2::types::{Instance, InstanceAttributeName, ResponseLaunchTemplateData as Template};
use hopper_mock::Mock;
use serde_json::json;

/// The images of machines that nobody here has made.
const NOBLE: &str = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*";
/// The same, where the name says that they are as in 2018.
const XENIAL: &str = "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*";

/// Makes the machine, with all it needs.
pub(super) async fn make(aws: &Aws, mock: &Mock, there: &Instance) -> Result<(), Wrong> {
    let id = there.instance_id().unwrap_or_default();
    let subnet = there.subnet_id().unwrap_or_default();
    network::subnet(aws, mock, subnet).await?;
    // The groups are its interface's; the instance only repeats them, where it does.
    let interface = there.network_interfaces().first();
    let mut groups: Vec<String> = interface
        .map_or_else(|| there.security_groups(), |interface| interface.groups())
        .iter()
        .filter_map(|group| group.group_id().map(str::to_owned))
        .collect();
    // moto gives a machine neither the groups nor the profile of its launch template.
    let template = template(aws, there).await?;
    let of_template = template.iter().flat_map(|data| {
        let of_interfaces = data.network_interfaces().iter().flat_map(|one| one.groups());
        data.security_group_ids().iter().chain(of_interfaces).cloned()
    });
    let of_template: Vec<String> = of_template.collect();
    if !of_template.is_empty() {
        groups = of_template;
    }
    for group in &groups {
        network::group(aws, mock, group).await?;
    }
    let mut asked = vec![
        ("ImageId".to_owned(), image(aws, mock, there.image_id().unwrap_or_default()).await?),
        ("InstanceType".to_owned(), told(there.instance_type().map(|kind| kind.as_str()))),
        ("MinCount".to_owned(), "1".to_owned()),
        ("MaxCount".to_owned(), "1".to_owned()),
        ("SubnetId".to_owned(), subnet.to_owned()),
        ("PrivateIpAddress".to_owned(), told(there.private_ip_address())),
        ("TagSpecification.1.ResourceType".to_owned(), "instance".to_owned()),
    ];
    for (n, group) in (1..).zip(groups) {
        asked.push((format!("SecurityGroupId.{n}"), group));
    }
    let tags = there.tags().iter().filter_map(|tag| tag.key().zip(tag.value()));
    for (n, (key, value)) in (1..).zip(tags.filter(|(key, _)| !key.starts_with("aws:"))) {
        asked.push((format!("TagSpecification.1.Tag.{n}.Key"), key.to_owned()));
        asked.push((format!("TagSpecification.1.Tag.{n}.Value"), value.to_owned()));
    }
    if let Some(name) = there.key_name() {
        key(aws, mock, name).await?;
        asked.push(("KeyName".to_owned(), name.to_owned()));
    }
    let arn = there.iam_instance_profile().and_then(|profile| profile.arn());
    let own = arn.and_then(|arn| arn.rsplit('/').next());
    let of_template = template.as_ref().and_then(|data| data.iam_instance_profile());
    if let Some(name) = own.or_else(|| of_template.and_then(|profile| profile.name())) {
        profile(mock, name)?;
        asked.push(("IamInstanceProfile.Name".to_owned(), name.to_owned()));
    }
    let attribute = aws
        .ec2()
        .describe_instance_attribute()
        .instance_id(id)
        .attribute(InstanceAttributeName::UserData);
    let attribute = attribute.send().await?;
    if let Some(data) = attribute.user_data().and_then(|data| data.value()) {
        asked.push(("UserData".to_owned(), data.to_owned()));
    }
    let disks = there.block_device_mappings().first().and_then(|disk| disk.ebs());
    let ids: Vec<_> = [id].into_iter().chain(disks.and_then(|disk| disk.volume_id())).collect();
    let pairs: Vec<_> = asked.iter().map(|(name, value)| (&**name, &**value)).collect();
    done(mock.call_giving(&ids, "RunInstances", &pairs))
}

fn told(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

/// The image to start from: that one if it was made here, else Ubuntu's.
async fn image(aws: &Aws, mock: &Mock, id: &str) -> Result<String, Wrong> {
    if mock.call("DescribeImages", &[("ImageId.1", id)]).code().is_none() {
        return Ok(id.to_owned());
    }
    let there = aws.ec2().describe_images().image_ids(id).send().await?;
    let name = there.images().first().and_then(|image| image.name()).unwrap_or_default();
    let ubuntu = if name.contains("xenial") { XENIAL } else { NOBLE };
    let asked = [("Filter.1.Name", "name"), ("Filter.1.Value.1", ubuntu)];
    let found = mock.call("DescribeImages", &asked);
    let found = found.text("imagesSet/0/imageId").map(str::to_owned);
    found.ok_or_else(|| format!("no image is called {ubuntu}").into())
}

/// What the launch template of an Auto Scaling group's machine says.
async fn template(aws: &Aws, there: &Instance) -> Result<Option<Template>, Wrong> {
    let mut tags = there.tags().iter();
    let name = tags.find(|tag| tag.key() == Some("aws:autoscaling:groupName"));
    let Some(name) = name.and_then(|tag| tag.value()) else { return Ok(None) };
    let asked = aws.autoscaling().describe_auto_scaling_groups().auto_scaling_group_names(name);
    let told = asked.send().await?;
    let template = told.auto_scaling_groups().first().and_then(|group| group.launch_template());
    let Some(template) = template else { return Ok(None) };
    let told = aws
        .ec2()
        .describe_launch_template_versions()
        .set_launch_template_id(template.launch_template_id().map(str::to_owned))
        .versions(template.version().unwrap_or("$Default"))
        .send()
        .await?;
    let version = told.launch_template_versions().first();
    Ok(version.and_then(|version| version.launch_template_data()).cloned())
}

/// The key pair, which has to be one that was imported.
async fn key(aws: &Aws, mock: &Mock, name: &str) -> Result<(), Wrong> {
    if mock.call("DescribeKeyPairs", &[("KeyName.1", name)]).code().is_none() {
        return Ok(());
    }
    let asked = aws.ec2().describe_key_pairs().key_names(name).include_public_key(true);
    let told = asked.send().await?;
    let key = told.key_pairs().first().and_then(|key| key.public_key());
    let Some(key) = key else {
        return Err(format!("the public half of the key pair {name} is not told").into());
    };
    let key = network::base64(key);
    done(mock.call("ImportKeyPair", &[("KeyName", name), ("PublicKeyMaterial", &key)]))
}

/// The profile, with a role that may do everything.
fn profile(mock: &Mock, name: &str) -> Result<(), Wrong> {
    let asked = [("InstanceProfileName", name)];
    if mock.call("iam:GetInstanceProfile", &asked).code().is_none() {
        return Ok(());
    }
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }]});
    let all = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "*", "Resource": "*",
    }]});
    let (trust, all) = (trust.to_string(), all.to_string());
    let role = [("RoleName", name), ("AssumeRolePolicyDocument", trust.as_str())];
    done(mock.call("iam:CreateRole", &role))?;
    let policy = [("RoleName", name), ("PolicyName", "all"), ("PolicyDocument", all.as_str())];
    done(mock.call("iam:PutRolePolicy", &policy))?;
    done(mock.call("iam:CreateInstanceProfile", &asked))?;
    let both = [("InstanceProfileName", name), ("RoleName", name)];
    done(mock.call("iam:AddRoleToInstanceProfile", &both))
}
