//! [`SecureParameter`]: a secret in Parameter Store.

use crate::{
    Aws, Tags,
    blockers::Blocked,
    call::{act, read},
    claim::{is_own, maker},
    comparison::Comparison,
    fresh::{FRESH, is_not_found},
    made::until_some,
    mark,
    needs::{Draft, Holder, Needed, Needs, ask},
    removal::{Removal, remove},
};
use aws_sdk_ssm::types::{
    ParameterStringFilter, ParameterTier, ParameterType, ResourceTypeForTagging, Tag,
};
use hopper_core::{Cx, Drift, Found, Input, Made, Secret, Step, StepError, outputs};
use serde::{Deserialize, Serialize};

/// The most bytes of a value in the standard tier ("Managing parameter tiers", Systems Manager
/// user guide).
const MOST: usize = 4096;

/// Keeps a secret in Parameter Store, encrypted with the account's key for it: a parameter of the
/// type SecureString.
///
/// Its name is its own alone: one that is there already is neither taken over nor overwritten.
/// Another value makes a new version.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SecureParameter {
    /// Its name, e.g. `/hopper/prod/join`.
    pub name: String,
    /// The secret: at most 4,096 bytes.
    pub value: Input<Secret<String>>,
    /// What it is for.
    pub description: String,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// A parameter.
    pub struct SecureParameterOut -> SecureParameterRefs {
        /// Its name.
        name: String,
        /// Its version, from 1.
        version: i64,
    }
}

impl Needs for SecureParameter {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&[
            "ssm:AddTagsToResource",
            "ssm:DeleteParameter",
            "ssm:DescribeParameters",
            "ssm:ListTagsForResource",
            "ssm:PutParameter",
        ]);
        needs.changes(&["value"], &["ssm:PutParameter"]);
        needs.name("parameter", &self.name, |aws, name| async move {
            let call = aws.ssm().list_tags_for_resource().resource_id(name);
            let call = call.resource_type(ResourceTypeForTagging::Parameter);
            match ask("ListTagsForResource", || call.clone().send()).await {
                Ok(reply) => Ok(Some(Holder::of(reply.tag_list()))),
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(error),
            }
        });
    }
}

impl Step for SecureParameter {
    const KIND: &'static str = "aws.ssm.secure_parameter";
    const ATOMIC: bool = true;
    const UPDATES: &'static [&'static str] = &["value"];
    type Env = Aws;
    type Output = SecureParameterOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<SecureParameterOut, StepError> {
        let tags = mark::with(aws, cx, &self.tags);
        let call = aws
            .ssm()
            .put_parameter()
            .name(&self.name)
            .value(self.value(cx)?)
            .description(&self.description)
            .r#type(ParameterType::SecureString)
            .tier(ParameterTier::Standard)
            .set_tags(Some(ssm_tags(&tags)));
        let put = act(aws, cx, "PutParameter", || call.clone().send()).await;
        aws.fresh().set_refused(cx.token(), put.as_ref().is_err_and(StepError::is_refused));
        match put {
            Ok(reply) => Ok(self.out(reply.version)),
            Err(error) if error.code() == Some("ParameterAlreadyExists") => {
                match until_some(cx, || self.tags_now(aws, cx)).await? {
                    Some(tags) if is_own(cx, &tags) => Ok(self.out(1)),
                    Some(tags) => Err(error.with_hint(format!(
                        "parameter {} was {}: delete it, or choose another name",
                        self.name,
                        maker(&tags)
                    ))),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<SecureParameterOut>, StepError> {
        if aws.fresh().is_refused(cx.token()) {
            return Ok(Found::Absent);
        }
        Ok(match until_some(cx, || self.tags_now(aws, cx)).await? {
            None => Found::Absent,
            Some(tags) if is_own(cx, &tags) => Found::Present(self.out(1)),
            Some(tags) => Found::Conflict(format!("parameter {} was {}", self.name, maker(&tags))),
        })
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        _: Made<'_, SecureParameterOut>,
    ) -> Result<(), StepError> {
        let tags = match cx.age() < FRESH {
            true => until_some(cx, || self.tags_now(aws, cx)).await?,
            false => self.tags_now(aws, cx).await?,
        };
        match tags {
            Some(tags) if is_own(cx, &tags) => delete(aws, cx, &self.name).await,
            _ => Ok(()), // gone, or somebody else's
        }
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        _: &Self,
        _: &SecureParameterOut,
    ) -> Result<SecureParameterOut, StepError> {
        if !self.tags_now(aws, cx).await?.is_some_and(|tags| is_own(cx, &tags)) {
            let error = format_args!("parameter {} is not of this run any more", self.name);
            return Err(StepError::permanent(error).refused());
        }
        let call =
            aws.ssm().put_parameter().name(&self.name).value(self.value(cx)?).overwrite(true);
        let reply = act(aws, cx, "PutParameter", || call.clone().send()).await?;
        Ok(self.out(reply.version))
    }

    /// What it holds is not read: its version tells whether it was changed.
    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &SecureParameterOut,
    ) -> Result<Vec<Drift>, StepError> {
        let by_name = ParameterStringFilter::builder().key("Name").values(&self.name).build();
        let by_name = by_name.map_err(StepError::permanent)?;
        let call = aws.ssm().describe_parameters().parameter_filters(by_name);
        let reply = read(aws, cx, "DescribeParameters", || call.clone().send()).await?;
        let mut seen = reply.parameters.unwrap_or_default().into_iter();
        let seen = seen.find(|parameter| parameter.name() == Some(&self.name));
        let (Some(seen), Some(tags)) = (seen, self.tags_now(aws, cx).await?) else {
            return Ok(vec![Drift::gone(format_args!("parameter {}", self.name))]);
        };
        let kind = seen.r#type().map(ParameterType::as_str);
        Ok(Comparison::new()
            .optional("Name", &out.name, seen.name())
            .optional("Type", ParameterType::SecureString.as_str(), kind)
            .field("Version", out.version, seen.version())
            .optional("Description", &self.description, seen.description())
            .tags(&mark::with(aws, cx, &self.tags), &tags)
            .drift())
    }
}

impl SecureParameter {
    fn value<'a>(&'a self, cx: &'a Cx) -> Result<&'a str, StepError> {
        let value = cx.get(&self.value).expose()?;
        if MOST < value.len() {
            let error = format_args!("the value has {} bytes, and {MOST} are allowed", value.len());
            return Err(StepError::permanent(error).refused());
        }
        Ok(value)
    }

    fn out(&self, version: i64) -> SecureParameterOut {
        SecureParameterOut { name: self.name.clone(), version }
    }

    async fn tags_now(&self, aws: &Aws, cx: &Cx) -> Result<Option<Vec<Tag>>, StepError> {
        tags(aws, cx, &self.name).await
    }
}

/// The tags of a parameter, if there is one.
pub(crate) async fn tags(aws: &Aws, cx: &Cx, name: &str) -> Result<Option<Vec<Tag>>, StepError> {
    let call = aws.ssm().list_tags_for_resource();
    let call = call.resource_type(ResourceTypeForTagging::Parameter).resource_id(name);
    match read(aws, cx, "ListTagsForResource", || call.clone().send()).await {
        Ok(reply) => Ok(Some(reply.tag_list.unwrap_or_default())),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// "InvalidResourceId: The resource ID isn't valid" (Systems Manager API reference).
fn is_missing(error: &StepError) -> bool {
    error.code() == Some("InvalidResourceId") || is_not_found(error)
}

/// Deletes a parameter.
pub(crate) async fn delete(aws: &Aws, cx: &Cx, name: &str) -> Result<(), StepError> {
    let call = aws.ssm().delete_parameter().name(name);
    let removal = Removal::new("DeleteParameter", name, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await
}

/// Tags as SSM's type.
fn ssm_tags(tags: &Tags) -> Vec<Tag> {
    // It is built of a key and a value, or not at all: here both are always there.
    tags.iter()
        .filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok())
        .collect()
}
