//! [`LaunchConfiguration`]: what a group's instances are like, the old way.

use crate::{
    Aws, ImageId, InstanceProfileName, LaunchConfigurationName, SecurityGroupId,
    blockers::Blocked,
    call::{act, read},
    comparison::Comparison,
    ec2::UserData,
    made::{self, sought_by_key},
    needs::{Draft, Holder, Needed, Needs, ask, launchable},
    poll::visible,
    removal::{Removal, remove},
    resource::{Polled, look},
};
use aws_sdk_autoscaling::types;
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// Creates a launch configuration: what the instances of a group are like.
///
/// Accounts made since October 2024 cannot: there a [launch
/// template](crate::ec2::LaunchTemplate) is the way ("Launch configurations", Auto Scaling guide).
///
/// It takes no tags. Its mark is its name, which ends with the run and the step's token: nobody
/// else has such a one, so what has it was made by this step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LaunchConfiguration {
    /// What its name begins with.
    pub name: String,
    /// The image the instances start from.
    pub image: Input<ImageId>,
    /// Their type, e.g. `t3.micro`.
    pub instance_type: String,
    /// The name of the key pair that opens them, if any.
    pub key_name: Input<Option<String>>,
    /// Their security groups.
    pub security_groups: Vec<Input<SecurityGroupId>>,
    /// The name of their instance profile, if any.
    pub profile: Option<Input<InstanceProfileName>>,
    /// What they are given to run when they first start, if anything. Whoever may describe launch
    /// configurations can read it.
    pub user_data: Option<UserData>,
    /// Whether they get public addresses, whatever the subnet says.
    pub public_address: bool,
}

outputs! {
    /// A launch configuration.
    pub struct LaunchConfigurationOut -> LaunchConfigurationRefs {
        /// Its name, by which groups take it.
        name: LaunchConfigurationName,
    }
}

impl Needs for LaunchConfiguration {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["autoscaling:CreateLaunchConfiguration"]);
        needs.calls(&["autoscaling:DeleteLaunchConfiguration"]);
        needs.calls(&["autoscaling:DescribeLaunchConfigurations"]);
        needs.is_template(&self.instance_type);
        needs.name("launch configuration", &self.name, |aws, name| async move {
            let call = aws.autoscaling().describe_launch_configurations();
            let call = call.launch_configuration_names(name);
            let reply = ask("DescribeLaunchConfigurations", || call.clone().send()).await?;
            Ok(reply.launch_configurations().first().map(|_| Holder::unmarked()))
        });
        launchable(draft, needs, &self.image, &self.key_name, self.profile.as_ref());
    }
}

impl Step for LaunchConfiguration {
    const KIND: &'static str = "aws.autoscaling.launch_configuration";
    const ATOMIC: bool = true;
    type Env = Aws;
    type Output = LaunchConfigurationOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<LaunchConfigurationOut, StepError> {
        let name = made::once(aws, cx, || self.create(aws, cx)).await?;
        visible::<types::LaunchConfiguration>(aws, cx, name.as_str()).await?;
        Ok(LaunchConfigurationOut { name })
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<LaunchConfigurationOut>, StepError> {
        let name = self.marked_name(cx);
        let found = sought_by_key::<types::LaunchConfiguration>(aws, cx, name.as_str()).await?;
        Ok(match found {
            Some(_) => Found::Present(LaunchConfigurationOut { name }),
            None if made::noted::<String>(cx).is_some() => Found::Partly,
            None => Found::Absent,
        })
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        _: Made<'_, LaunchConfigurationOut>,
    ) -> Result<(), StepError> {
        let name = self.marked_name(cx);
        delete(aws, cx, name.as_str()).await
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &LaunchConfigurationOut,
    ) -> Result<Vec<Drift>, StepError> {
        let seen = look::<types::LaunchConfiguration>(aws, cx, out.name.as_str()).await?;
        let Some(seen) = seen else { return Ok(vec![Drift::gone(&out.name)]) };
        let groups = seen.security_groups().iter().map(String::as_str);
        let key = cx.get(&self.key_name).as_deref();
        let profile = self.profile.as_ref().map(|name| cx.get(name).as_str());
        let comparison = Comparison::new()
            .optional("imageId", cx.get(&self.image), seen.image_id())
            .optional("instanceType", &self.instance_type, seen.instance_type())
            .optional("keyName", key.unwrap_or("none"), text(seen.key_name()))
            .set("securityGroups", self.groups(cx), groups)
            .optional(
                "iamInstanceProfile",
                profile.unwrap_or("none"),
                text(seen.iam_instance_profile()),
            )
            .optional(
                "associatePublicIpAddress",
                self.public_address,
                seen.associate_public_ip_address(),
            );
        let user_data = self.user_data.as_ref();
        Ok(UserData::compare(user_data, cx, comparison, seen.user_data()).drift())
    }
}

impl LaunchConfiguration {
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<LaunchConfigurationName, StepError> {
        let name = self.marked_name(cx);
        let user_data = self.user_data.as_ref().map(|data| data.encoded(cx)).transpose()?;
        let profile = self.profile.as_ref().map(|name| cx.get(name).to_string());
        let call = aws
            .autoscaling()
            .create_launch_configuration()
            .launch_configuration_name(name.as_str())
            .image_id(cx.get(&self.image).as_str())
            .instance_type(&self.instance_type)
            .set_key_name(cx.get(&self.key_name).clone())
            .set_security_groups(Some(self.groups(cx).map(ToOwned::to_owned).collect()))
            .set_iam_instance_profile(profile)
            .set_user_data(user_data)
            .associate_public_ip_address(self.public_address);
        match act(aws, cx, "CreateLaunchConfiguration", || call.clone().send()).await {
            Ok(_) => Ok(name),
            // An earlier try has made it: the name is nobody else's.
            Err(error) if error.code() == Some("AlreadyExists") => Ok(name),
            Err(error) if error.code() == Some("UnsupportedOperation") => {
                Err(error.with_hint("use a launch template"))
            }
            Err(error) => Err(error),
        }
    }

    /// Its name and its mark in one.
    fn marked_name(&self, cx: &Cx) -> LaunchConfigurationName {
        format!("{}-{}-{}", self.name, cx.run_id(), cx.token()).into()
    }

    fn groups<'a>(&'a self, cx: &'a Cx) -> impl Iterator<Item = &'a str> {
        self.security_groups.iter().map(|group| cx.get(group).as_str())
    }
}

/// The run and the token in a name that is a mark.
pub(crate) fn mark_in(name: &str) -> Option<(&str, &str)> {
    let (rest, token) = name.rsplit_once('-')?;
    let (_, run) = rest.rsplit_once('-')?;
    let is_hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (token.len() == 32 && run.len() == 12 && is_hex(token) && is_hex(run)).then_some((run, token))
}

/// Deletes a launch configuration.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, name: &str) -> Result<(), StepError> {
    let call = aws.autoscaling().delete_launch_configuration().launch_configuration_name(name);
    // The refusal names the group that still uses it.
    let removal = Removal::new("DeleteLaunchConfiguration", name, Blocked::Unknown);
    let removal = Removal { passing: &["ResourceInUse", "ResourceContention"], ..removal };
    remove(aws, cx, removal, || call.clone().send()).await
}

/// AWS shows what is not there as an empty text.
fn text(shown: Option<&str>) -> Option<&str> {
    shown.filter(|text| !text.is_empty())
}

impl Polled for types::LaunchConfiguration {
    /// `MaxRecords` unless it is given ("DescribeLaunchConfigurations", Auto Scaling API
    /// reference).
    const MOST: usize = 50;

    async fn look_up(aws: &Aws, cx: &Cx, names: Vec<String>) -> Result<Vec<Self>, StepError> {
        let call = aws.autoscaling().describe_launch_configurations();
        let call = call.set_launch_configuration_names(Some(names));
        let reply = read(aws, cx, "DescribeLaunchConfigurations", || call.clone().send()).await?;
        Ok(reply.launch_configurations.unwrap_or_default())
    }

    fn key(&self) -> &str {
        self.launch_configuration_name().unwrap_or_default()
    }
}
