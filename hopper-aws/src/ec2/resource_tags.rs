//! [`ResourceTags`]: tags on a thing that another step, or AWS itself, has made.

use crate::{
    Aws, Tags,
    call::{act, read},
    comparison::Comparison,
    fresh::is_not_found,
    mark::{ec2_tags, filter},
    needs::{Draft, Needed, Needs},
};
use aws_sdk_ec2::types::Tag;
use hopper_core::{Cx, Drift, Found, Input, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};

/// The note that holds what was there before.
const OVERWRITTEN: &str = "overwritten";

/// Puts tags on a thing that is there already, such as a VPC's main route table.
///
/// Undoing takes exactly these tags away and puts back what they had overwritten; what somebody
/// has changed since is left alone. The output is what was overwritten.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResourceTags {
    /// The thing's id; `text!("{}", id)` makes one of a typed id.
    pub resource: Input<String>,
    /// The tags.
    pub tags: Tags,
}

impl Needs for ResourceTags {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateTags", "ec2:DeleteTags", "ec2:DescribeTags"]);
    }
}

impl Step for ResourceTags {
    const KIND: &'static str = "aws.ec2.resource_tags";
    const ATOMIC: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    type Env = Aws;
    type Output = Tags;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<Tags, StepError> {
        let overwritten = match cx.noted(OVERWRITTEN) {
            Some(overwritten) => overwritten,
            None => {
                let now = self.now(aws, cx).await?;
                let overwritten: Tags = now
                    .iter()
                    .filter(|(key, _)| self.tags.get(key).is_some())
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .collect();
                cx.note(OVERWRITTEN, &overwritten).await?;
                overwritten
            }
        };
        self.put(aws, cx, &self.tags).await?;
        Ok(overwritten)
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<Tags>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, Tags>) -> Result<(), StepError> {
        let Some(overwritten) = made.done().cloned().or_else(|| cx.noted(OVERWRITTEN)) else {
            return Ok(()); // nothing was put there before the note
        };
        let now = self.now(aws, cx).await?;
        let still_ours = |key: &str| now.get(key).is_some() && now.get(key) == self.tags.get(key);
        let put_back: Tags = overwritten
            .iter()
            .filter(|(key, _)| still_ours(key))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        if !put_back.is_empty() {
            self.put(aws, cx, &put_back).await?;
        }
        let take_away: Vec<Tag> = self
            .tags
            .iter()
            .filter(|(key, _)| still_ours(key) && overwritten.get(key).is_none())
            .map(|(key, value)| Tag::builder().key(key).value(value).build())
            .collect();
        if take_away.is_empty() {
            return Ok(());
        }
        let call = aws.ec2().delete_tags().resources(cx.get(&self.resource));
        let call = call.set_tags(Some(take_away));
        match act(aws, cx, "DeleteTags", || call.clone().send()).await {
            Err(error) if !is_not_found(&error) => Err(error),
            _ => Ok(()),
        }
    }

    async fn check(&self, aws: &Aws, cx: &Cx, _: &Tags) -> Result<Vec<Drift>, StepError> {
        let now = self.now(aws, cx).await?;
        Ok(Comparison::new().tags(&self.tags, &ec2_tags(&now)).drift())
    }
}

impl ResourceTags {
    /// The tags the thing has.
    async fn now(&self, aws: &Aws, cx: &Cx) -> Result<Tags, StepError> {
        let call = aws.ec2().describe_tags();
        let call = call.filters(filter("resource-id", cx.get(&self.resource)));
        let reply = read(aws, cx, "DescribeTags", || call.clone().send()).await?;
        let tags = reply.tags.unwrap_or_default().into_iter();
        Ok(tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect())
    }

    async fn put(&self, aws: &Aws, cx: &Cx, tags: &Tags) -> Result<(), StepError> {
        let call = aws.ec2().create_tags().resources(cx.get(&self.resource));
        let call = call.set_tags(Some(ec2_tags(tags)));
        act(aws, cx, "CreateTags", || call.clone().send()).await.map(drop)
    }
}
