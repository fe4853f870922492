//! [`LaunchTemplate`]: what the instances of a group are like.

use super::{Credits, MetadataOptions, RootVolume, UserData, launch_template_data};
use crate::{
    Aws, ImageId, InstanceProfileName, LaunchTemplateId, SecurityGroupId, Tags,
    blockers::Blocked,
    call::{act, read},
    claim::{is_own, maker},
    comparison::Comparison,
    error::incomplete,
    made::{self, marked_patiently, patiently},
    mark::{self, filter},
    needs::{Draft, Holder, Needed, Needs, ask, launchable},
    poll::visible,
    removal::{Removal, remove},
    resource::{Resource, get, marked},
    retag::retag,
};
use aws_sdk_ec2::types::{self, Filter, ResourceType, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Creates a launch template with one version.
///
/// What is changed of it in place, which is all but its name, becomes a new version, and that the
/// default one. What uses the output's version follows by itself. Earlier versions stay until the
/// template goes.
///
/// ```
/// use hopper_aws::ec2::{LaunchTemplate, MetadataOptions, RootVolume};
///
/// let nodes = LaunchTemplate {
///     user_data: Some("#cloud-config\nhostname: node\n".into()),
///     metadata: Some(MetadataOptions::default()),
///     root_volume: Some(RootVolume::default()),
///     ..LaunchTemplate::new("nodes", "ami-0123456789abcdef0", "t3.medium")
/// };
/// # let _ = nodes;
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// Its name, which only one template of the region can have.
    pub name: String,
    /// The image the instances start from.
    pub image: Input<ImageId>,
    /// Their type, e.g. `t3.micro`.
    pub instance_type: String,
    /// The name of the key pair that opens them, if any.
    pub key_name: Input<Option<String>>,
    /// Their security groups.
    pub security_groups: Vec<Input<SecurityGroupId>>,
    /// Whether they get public addresses, whatever the subnet says.
    pub public_address: bool,
    /// The name of the instance profile whose role they act in, if any.
    pub profile: Option<Input<InstanceProfileName>>,
    /// What they may do once their CPU credits are used up; their type's default otherwise.
    pub credits: Option<Credits>,
    /// How their metadata service is reached; as the image and the account say otherwise.
    pub metadata: Option<MetadataOptions>,
    /// The disk they start from; the image's otherwise.
    pub root_volume: Option<RootVolume>,
    /// What they are given to run when they first start, if anything.
    pub user_data: Option<UserData>,
    /// Its tags, and those of the instances, their volumes and network interfaces. Where an
    /// instance's group has the same key, the group's value counts ("CreateAutoScalingGroup",
    /// Auto Scaling API reference).
    pub tags: Tags,
}

outputs! {
    /// A launch template.
    pub struct LaunchTemplateOut -> LaunchTemplateRefs {
        /// Its id.
        id: LaunchTemplateId,
        /// Its name.
        name: String,
        /// Its version.
        version: i64,
    }
}

impl Needs for LaunchTemplate {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:DeleteLaunchTemplate"]);
        needs.calls(&["ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"]);
        // All that can change in place is in its data.
        needs.changes(
            Self::UPDATES,
            &["ec2:CreateLaunchTemplateVersion", "ec2:CreateTags", "ec2:ModifyLaunchTemplate"],
        );
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        needs.is_template(&self.instance_type);
        needs.name("launch template", &self.name, |aws, name| async move {
            let filter = filter("launch-template-name", name);
            let call = aws.ec2().describe_launch_templates().filters(filter);
            let reply = ask("DescribeLaunchTemplates", || call.clone().send()).await?;
            Ok(reply.launch_templates().first().map(|template| Holder::of(template.tags())))
        });
        launchable(draft, needs, &self.image, &self.key_name, self.profile.as_ref());
    }
}

impl Step for LaunchTemplate {
    const KIND: &'static str = "aws.ec2.launch_template";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &[
        "credits",
        "image",
        "instance_type",
        "key_name",
        "metadata",
        "profile",
        "public_address",
        "root_volume",
        "security_groups",
        "tags",
        "user_data",
    ];
    const RENEWS: &'static [&'static str] = &["version"];
    type Env = Aws;
    type Output = LaunchTemplateOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<LaunchTemplateOut, StepError> {
        made::once(aws, cx, || self.create(aws, cx)).await?;
        let template = visible::<types::LaunchTemplate>(aws, cx, &self.name).await?;
        output(&template)
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<LaunchTemplateOut>, StepError> {
        let noted = made::noted::<LaunchTemplateId>(cx);
        if noted.is_none() && aws.fresh().is_refused(cx.token()) {
            return Ok(Found::Absent);
        }
        let marked: Vec<types::LaunchTemplate> = marked_patiently(aws, cx).await?;
        if let Some(template) = marked.first() {
            return output(template).map(Found::Present);
        }
        if noted.is_some() {
            return Ok(Found::Partly);
        }
        let named = get::<types::LaunchTemplate>(aws, cx, &self.name).await?;
        Ok(named.map_or(Found::Absent, |template| Found::Conflict(taken(&template))))
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, LaunchTemplateOut>,
    ) -> Result<(), StepError> {
        for id in ids(aws, cx, made).await? {
            delete(aws, cx, &id).await?;
        }
        Ok(())
    }

    /// Repeated, it makes no other version: the same data is asked for under the same token.
    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &LaunchTemplateOut,
    ) -> Result<LaunchTemplateOut, StepError> {
        let id = out.id.as_str();
        let version = self.create_version(aws, cx, id).await?;
        // The version may not be seen everywhere yet, and a denial of it names the template.
        aws.fresh().add(id);
        let call = aws.ec2().modify_launch_template().launch_template_id(id);
        let call = call.default_version(version.to_string());
        act(aws, cx, "ModifyLaunchTemplate", || call.clone().send()).await?;
        retag(aws, cx, id, &was.tags, &self.tags).await?;
        Ok(LaunchTemplateOut { version, ..out.clone() })
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &LaunchTemplateOut,
    ) -> Result<Vec<Drift>, StepError> {
        let template = get::<types::LaunchTemplate>(aws, cx, &out.name).await?;
        let ours = template.filter(|t| t.launch_template_id() == Some(out.id.as_str()));
        let Some(template) = ours else { return Ok(vec![Drift::gone(&out.id)]) };
        let tags = mark::with(aws, cx, &self.tags);
        let comparison = Comparison::new()
            .optional("defaultVersionNumber", out.version, template.default_version_number())
            .tags(&tags, template.tags());
        let call = aws.ec2().describe_launch_template_versions();
        let call = call.launch_template_id(out.id.as_str()).versions("$Default");
        let reply = read(aws, cx, "DescribeLaunchTemplateVersions", || call.clone().send()).await?;
        let version = reply.launch_template_versions().first();
        let data = version.and_then(|version| version.launch_template_data());
        let data = data.ok_or_else(|| incomplete("DescribeLaunchTemplateVersions", "data"))?;
        Ok(launch_template_data::compare(self, cx, data, &tags, comparison).drift())
    }
}

impl LaunchTemplate {
    /// A template with nothing but what instances cannot do without: no key, no public address,
    /// and the default security group of their VPC.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        image: impl Into<Input<ImageId>>,
        instance_type: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            image: image.into(),
            instance_type: instance_type.into(),
            key_name: None.into(),
            security_groups: Vec::new(),
            public_address: false,
            profile: None,
            credits: None,
            metadata: None,
            root_volume: None,
            user_data: None,
            tags: Tags::new(),
        }
    }

    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<LaunchTemplateId, StepError> {
        let tags = mark::specification(aws, cx, ResourceType::LaunchTemplate, &self.tags);
        let data = launch_template_data::request(self, cx, &mark::with(aws, cx, &self.tags))?;
        let call = aws
            .ec2()
            .create_launch_template()
            .launch_template_name(&self.name)
            .client_token(cx.token())
            .launch_template_data(data)
            .tag_specifications(tags);
        let template = match act(aws, cx, "CreateLaunchTemplate", || call.clone().send()).await {
            Ok(reply) => reply.launch_template,
            Err(error)
                if error.code() == Some("InvalidLaunchTemplateName.AlreadyExistsException") =>
            {
                let named = vec![filter(types::LaunchTemplate::ID_FILTER, &self.name)];
                match patiently::<types::LaunchTemplate>(aws, cx, named).await?.pop() {
                    Some(template) if is_own(cx, template.tags()) => Some(template),
                    Some(template) => return Err(error.with_hint(taken(&template))),
                    None => return Err(error),
                }
            }
            Err(error) => return Err(error),
        };
        let id = template.and_then(|template| template.launch_template_id);
        id.map(LaunchTemplateId::from).ok_or_else(|| incomplete("CreateLaunchTemplate", "id"))
    }

    /// Makes a version of what it holds now, and gives its number.
    async fn create_version(&self, aws: &Aws, cx: &Cx, id: &str) -> Result<i64, StepError> {
        let data = launch_template_data::request(self, cx, &mark::with(aws, cx, &self.tags))?;
        let call = aws
            .ec2()
            .create_launch_template_version()
            .launch_template_id(id)
            .client_token(launch_template_data::token(cx.token(), &data))
            .launch_template_data(data);
        let operation = "CreateLaunchTemplateVersion";
        let reply = act(aws, cx, operation, || call.clone().send()).await?;
        let version = reply.launch_template_version.and_then(|version| version.version_number);
        version.ok_or_else(|| incomplete(operation, "version"))
    }
}

/// The ids of everything this generation of the step has made.
async fn ids(
    aws: &Aws,
    cx: &Cx,
    made: Made<'_, LaunchTemplateOut>,
) -> Result<BTreeSet<String>, StepError> {
    if let Some(template) = made.done() {
        return Ok([template.id.to_string()].into());
    }
    let marked = marked::<types::LaunchTemplate>(aws, cx).await?;
    let marked = marked.into_iter().filter_map(|template| template.launch_template_id);
    Ok(marked.chain(made::noted(cx)).collect())
}

fn output(template: &types::LaunchTemplate) -> Result<LaunchTemplateOut, StepError> {
    let lacking = |what| incomplete("DescribeLaunchTemplates", what);
    Ok(LaunchTemplateOut {
        id: template.launch_template_id().ok_or_else(|| lacking("id"))?.into(),
        name: template.id().to_owned(),
        version: template.default_version_number().ok_or_else(|| lacking("version"))?,
    })
}

/// Whose the name is.
fn taken(by: &types::LaunchTemplate) -> String {
    format!(
        "launch template {} \"{}\" was {}: delete it, or choose another name",
        by.launch_template_id().unwrap_or_default(),
        by.id(),
        maker(by.tags())
    )
}

/// Deletes a template, by its id.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, id: &str) -> Result<(), StepError> {
    let call = aws.ec2().delete_launch_template().launch_template_id(id);
    let removal = Removal::new("DeleteLaunchTemplate", id, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await
}

/// Known by its name: it cannot be filtered by its id.
impl Resource for types::LaunchTemplate {
    const ID_FILTER: &'static str = "launch-template-name";

    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_launch_templates().set_filters(Some(by));
        let reply = read(aws, cx, "DescribeLaunchTemplates", || call.clone().send()).await?;
        Ok(reply.launch_templates.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.launch_template_name().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }
}
