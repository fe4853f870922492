//! [`ResourceTags`]: tags on a thing that another step, or AWS itself, has made.

use crate::{
    Aws, Tags,
    call::{act, read},
    comparison::Comparison,
    fresh::is_not_found,
    mark::{ec2_tags, filter},
    needs::{Draft, Needed, Needs},
    resource::{Resource, get},
};
use aws_sdk_ec2::types::{self, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, OnUnknown, Step, StepError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The note that holds what was there before: the value, or that there was none, of every tag that
/// may have been put there.
const BEFORE: &str = "before";
/// The note that held only what was overwritten; journals may still have it.
const OVERWRITTEN: &str = "overwritten";

/// What was there before: for each key its value, if it had one.
type Before = BTreeMap<String, Option<String>>;

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
        needs.changes(&["tags"], &["ec2:DescribeTags"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
    }
}

impl Step for ResourceTags {
    const KIND: &'static str = "aws.ec2.resource_tags";
    const ATOMIC: bool = true;
    const ON_UNKNOWN: OnUnknown = OnUnknown::RunAgain;
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = Tags;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<Tags, StepError> {
        let before = match self.noted(cx) {
            Some(before) => before,
            None => {
                let before = self.before(&self.now(aws, cx).await?);
                cx.note(BEFORE, &before).await?;
                before
            }
        };
        self.put(aws, cx, &self.tags).await?;
        Ok(overwritten(before))
    }

    async fn find(&self, _: &Aws, _: &Cx) -> Result<Found<Tags>, StepError> {
        Ok(Found::Absent) // never asked: it is run again
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, Tags>) -> Result<(), StepError> {
        let done = || made.done().map(|overwritten| self.before(overwritten));
        let Some(before) = self.noted(cx).or_else(done) else {
            return Ok(()); // nothing was put there before the note
        };
        let now = self.now(aws, cx).await?;
        self.take_back(aws, cx, &self.tags, &before, &now).await
    }

    /// Before a tag is put there that was not among those it had, what it will overwrite is noted.
    async fn update(&self, aws: &Aws, cx: &Cx, was: &Self, out: &Tags) -> Result<Tags, StepError> {
        let now = self.now(aws, cx).await?;
        let noted = was.noted(cx);
        let mut before = noted.clone().unwrap_or_else(|| was.before(out));
        for (key, _) in self.tags.iter() {
            if !before.contains_key(key) {
                before.insert(key.to_owned(), now.get(key).map(ToOwned::to_owned));
            }
        }
        if noted.as_ref() != Some(&before) {
            cx.note(BEFORE, &before).await?;
        }
        self.put(aws, cx, &self.tags).await?;
        let gone = was.tags.iter().filter(|(key, _)| self.tags.get(key).is_none());
        let gone: Tags = gone.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        if !gone.is_empty() {
            self.take_back(aws, cx, &gone, &before, &now).await?;
            before.retain(|key, _| gone.get(key).is_none());
            cx.note(BEFORE, &before).await?;
        }
        Ok(overwritten(before))
    }

    async fn check(&self, aws: &Aws, cx: &Cx, _: &Tags) -> Result<Vec<Drift>, StepError> {
        let id: &String = cx.get(&self.resource);
        if is_gone(aws, cx, id).await? {
            return Ok(vec![Drift::gone(id)]);
        }
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

    /// What of its tags was there when all that was there was this.
    fn before(&self, all: &Tags) -> Before {
        let keys = self.tags.iter().map(|(key, _)| key);
        keys.map(|key| (key.to_owned(), all.get(key).map(ToOwned::to_owned))).collect()
    }

    fn noted(&self, cx: &Cx) -> Option<Before> {
        let older = || cx.noted(OVERWRITTEN).map(|overwritten| self.before(&overwritten));
        cx.noted(BEFORE).or_else(older)
    }

    /// Takes these tags away, or puts back what they had overwritten, where they still are what is
    /// there `now`.
    async fn take_back(
        &self,
        aws: &Aws,
        cx: &Cx,
        tags: &Tags,
        before: &Before,
        now: &Tags,
    ) -> Result<(), StepError> {
        let ours = || {
            let ours = tags.iter().filter(|(key, value)| now.get(key) == Some(*value));
            ours.filter_map(|(key, value)| Some((key, value, before.get(key)?)))
        };
        let put_back: Tags =
            ours().filter_map(|(key, _, had)| Some((key.to_owned(), had.clone()?))).collect();
        if !put_back.is_empty() {
            self.put(aws, cx, &put_back).await?;
        }
        let take_away: Vec<Tag> = ours()
            .filter(|(_, _, had)| had.is_none())
            .map(|(key, value, _)| Tag::builder().key(key).value(value).build())
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

    async fn put(&self, aws: &Aws, cx: &Cx, tags: &Tags) -> Result<(), StepError> {
        let call = aws.ec2().create_tags().resources(cx.get(&self.resource));
        let call = call.set_tags(Some(ec2_tags(tags)));
        act(aws, cx, "CreateTags", || call.clone().send()).await.map(drop)
    }
}

/// Whether a thing is known to be gone. It has no tags then, but neither has one whose tags somebody
/// has taken away. Things of a kind that no step makes are not looked up.
async fn is_gone(aws: &Aws, cx: &Cx, id: &str) -> Result<bool, StepError> {
    async fn gone<R: Resource>(aws: &Aws, cx: &Cx, id: &str) -> Result<bool, StepError> {
        Ok(get::<R>(aws, cx, id).await?.is_none())
    }
    match id.split('-').next().unwrap_or_default() {
        "ami" => gone::<types::Image>(aws, cx, id).await,
        "eipalloc" => gone::<types::Address>(aws, cx, id).await,
        "eni" => gone::<types::NetworkInterface>(aws, cx, id).await,
        "i" => gone::<types::Instance>(aws, cx, id).await,
        "igw" => gone::<types::InternetGateway>(aws, cx, id).await,
        "key" => gone::<types::KeyPairInfo>(aws, cx, id).await,
        "nat" => gone::<types::NatGateway>(aws, cx, id).await,
        "rtb" => gone::<types::RouteTable>(aws, cx, id).await,
        "sg" => gone::<types::SecurityGroup>(aws, cx, id).await,
        "sgr" => gone::<types::SecurityGroupRule>(aws, cx, id).await,
        "snap" => gone::<types::Snapshot>(aws, cx, id).await,
        "subnet" => gone::<types::Subnet>(aws, cx, id).await,
        "vol" => gone::<types::Volume>(aws, cx, id).await,
        "vpc" => gone::<types::Vpc>(aws, cx, id).await,
        _ => Ok(false),
    }
}

fn overwritten(before: Before) -> Tags {
    before.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}
