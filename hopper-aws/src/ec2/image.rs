//! [`Image`]: a machine image of an instance.

use super::{snapshot, state_reason};
use crate::{
    Aws, ImageId, InstanceId, SnapshotId, Tags,
    blockers::Blocked,
    call::{act, read},
    claim::{is_own, maker},
    comparison::Comparison,
    error::incomplete,
    made::{self, Sought, patiently, sought},
    mark::{self, filter},
    needs::{Draft, Holder, Needed, Needs, ask},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Resource, get, marked},
    retag::retag_all,
};
use aws_sdk_ec2::types::{self, Filter, ImageState, ResourceType, Snapshot, Tag};
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};
use tokio::time::Instant;

/// Usually 180 s for 8 GB (public logs: 134 to 186 s; Packer waits up to 30 minutes).
const AVAILABLE: Pace = Pace::secs(134, 180, 1800);
/// Not listed any more within seconds (estimate).
const GONE: Pace = Pace::secs(1, 1, 300);
/// A name is free again a while after its image is gone, and a snapshot deletable ("Eventual
/// consistency in the Amazon EC2 API": up to minutes).
pub(crate) const FREED: Pace = Pace::secs(2, 10, 300);

/// The note that holds the snapshots of an image that is about to go.
const SNAPSHOTS: &str = "snapshots";

/// Makes an image of an instance, with a snapshot of each of its disks, and waits until instances
/// can be launched from it. An instance that runs is restarted for it: [stop] it first.
///
/// The name may be that of another image of the account: what this step has not made it neither
/// uses nor deletes. With the image go its snapshots.
///
/// [stop]: super::StoppedInstance
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Image {
    /// The instance it is made of.
    pub instance: Input<InstanceId>,
    /// Its name: 3 to 128 characters, only once in account and region.
    pub name: Input<String>,
    /// What it is for.
    pub description: String,
    /// Its tags, and those of its snapshots.
    pub tags: Tags,
}

outputs! {
    /// A machine image.
    pub struct ImageOut -> ImageRefs {
        /// Its id.
        id: ImageId,
        /// Its name.
        name: String,
        /// The snapshots it rests on.
        snapshots: Vec<SnapshotId>,
    }
}

impl Needs for Image {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:CreateImage", "ec2:CreateTags", "ec2:DescribeImages"]);
        needs.calls(&["ec2:DeleteSnapshot", "ec2:DeregisterImage", "ec2:DescribeSnapshots"]);
        needs.changes(&["tags"], &["ec2:DescribeSnapshots"]);
        needs.retags(None, &["ec2:CreateTags"], &["ec2:DeleteTags"]);
        if let Some(name) = draft.get(&self.name) {
            needs.name("image", name, |aws, name| async move {
                let call = aws.ec2().describe_images().owners("self").filters(filter("name", name));
                let reply = ask("DescribeImages", || call.clone().send()).await?;
                Ok(reply.images().first().map(|image| Holder::of(image.tags())))
            });
        }
    }
}

impl Step for Image {
    const KIND: &'static str = "aws.ec2.image";
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = ImageOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<ImageOut, StepError> {
        let id: ImageId = made::once(aws, cx, || self.create(aws, cx)).await?;
        let made = until(aws, cx, id.as_str(), AVAILABLE, cx.age(), available).await?;
        self.tag_snapshots(aws, cx, &made).await?;
        Ok(made)
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<ImageOut>, StepError> {
        let image: types::Image = match sought(aws, cx).await? {
            Sought::One(image) => image,
            Sought::Not(Found::Absent) => {
                let named = types::Image::describe(aws, cx, self.by_name(cx)).await?;
                return Ok(named.first().map_or(Found::Absent, |i| Found::Conflict(taken(i))));
            }
            Sought::Not(found) => return Ok(found),
        };
        match available(Some(&image)) {
            Verdict::Ready(output) => {
                let snapshots = there(aws, cx, &output.snapshots).await?;
                match snapshots.iter().all(|snapshot| is_own(cx, snapshot.tags())) {
                    true => Ok(Found::Present(output)),
                    false => made::underway(cx, image.id()).await,
                }
            }
            Verdict::NotYet(_) => made::underway(cx, image.id()).await,
            Verdict::Never(_) => Ok(Found::Partly),
        }
    }

    async fn undo(&self, aws: &Aws, cx: &Cx, made: Made<'_, ImageOut>) -> Result<(), StepError> {
        let (images, snapshots) = match made.done() {
            Some(ImageOut { id, snapshots, .. }) => {
                ([id.to_string()].into(), snapshots.iter().map(SnapshotId::to_string).collect())
            }
            None => unfinished(aws, cx).await?,
        };
        delete(aws, cx, &images, snapshots).await
    }

    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &ImageOut,
    ) -> Result<ImageOut, StepError> {
        // A snapshot may have been deleted by somebody, if the image was deregistered.
        let snapshots = there(aws, cx, &out.snapshots).await?;
        let snapshots = snapshots.iter().map(|snapshot| snapshot.id().to_owned());
        let ids = [out.id.to_string()].into_iter().chain(snapshots).collect();
        retag_all(aws, cx, ids, &was.tags, &self.tags).await?;
        Ok(out.clone())
    }

    async fn check(&self, aws: &Aws, cx: &Cx, out: &ImageOut) -> Result<Vec<Drift>, StepError> {
        let Some(image) = get::<types::Image>(aws, cx, out.id.as_str()).await? else {
            return Ok(vec![Drift::gone(&out.id)]);
        };
        let snapshots = there(aws, cx, &out.snapshots).await?;
        let compared = Comparison::new()
            .optional("name", &out.name, image.name())
            .optional("description", &self.description, image.description())
            .optional("imageState", "available", image.state());
        let tags = mark::with(aws, cx, &self.tags);
        let compared = out.snapshots.iter().fold(compared, |compared, id| {
            match snapshots.iter().find(|snapshot| snapshot.id() == id.as_str()) {
                Some(snapshot) => compared.tags_of(&format!("{id}.tags"), &tags, snapshot.tags()),
                None => compared.field("blockDeviceMapping.snapshotId", id, "none"),
            }
        });
        Ok(compared.tags(&tags, image.tags()).drift())
    }
}

impl Image {
    /// Creates it. A name that nobody is seen to have is that of an image which went a moment
    /// ago, or of this step's own, which is not visible yet: it is tried again.
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<ImageId, StepError> {
        let tagged = mark::specification(aws, cx, ResourceType::Image, &self.tags);
        let call = aws
            .ec2()
            .create_image()
            .instance_id(cx.get(&self.instance).as_str())
            .name(cx.get(&self.name))
            .description(&self.description)
            .tag_specifications(tagged);
        let began = Instant::now();
        let mut refusal = None;
        for look in FREED.looks(Duration::ZERO) {
            cx.sleep((began + look).saturating_duration_since(Instant::now())).await?;
            let error = match act(aws, cx, "CreateImage", || call.clone().send()).await {
                Ok(reply) => {
                    let id = reply.image_id.map(ImageId::from);
                    return id.ok_or_else(|| incomplete("CreateImage", "id"));
                }
                Err(error) => error,
            };
            if error.code() != Some("InvalidAMIName.Duplicate") {
                return Err(error);
            }
            match types::Image::describe(aws, cx, self.by_name(cx)).await?.pop() {
                Some(image) if is_own(cx, image.tags()) => return Ok(image.id().into()),
                Some(image) => return Err(error.with_hint(taken(&image))),
                None => cx.progress(format_args!("the name is not free yet: {error}")),
            }
            refusal = Some(error);
        }
        let refusal = refusal.unwrap_or_else(|| StepError::permanent("not tried"));
        Err(refusal.with_hint("an image had this name a short while ago: choose another name"))
    }

    /// Tags the snapshots as the image. They come and go with it, and are found by it.
    async fn tag_snapshots(&self, aws: &Aws, cx: &Cx, made: &ImageOut) -> Result<(), StepError> {
        if made.snapshots.is_empty() {
            return Ok(());
        }
        let ids = made.snapshots.iter().map(SnapshotId::to_string).collect();
        let tags = mark::ec2_tags(&mark::with(aws, cx, &self.tags));
        let call = aws.ec2().create_tags().set_resources(Some(ids)).set_tags(Some(tags));
        act(aws, cx, "CreateTags", || call.clone().send()).await.map(drop)
    }

    fn by_name(&self, cx: &Cx) -> Vec<Filter> {
        vec![filter("name", cx.get(&self.name))]
    }
}

/// Those of these snapshots that are there.
async fn there(aws: &Aws, cx: &Cx, ids: &[SnapshotId]) -> Result<Vec<Snapshot>, StepError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(SnapshotId::to_string).collect();
    let by = Filter::builder().name(Snapshot::ID_FILTER).set_values(Some(ids)).build();
    Snapshot::describe(aws, cx, vec![by]).await
}

/// The snapshots of these images, by the description that AWS gives them ("Create an Amazon
/// EBS-backed AMI", EC2 user guide; the images may not tell them).
fn by_images(images: &BTreeSet<String>) -> Vec<Filter> {
    let descriptions = images.iter().map(|id| format!("Created by CreateImage(*) for {id}*"));
    let filter = Filter::builder().name("description");
    vec![filter.set_values(Some(descriptions.collect())).build()]
}

/// What was made of an image that never came to be: the ids of images, and of their snapshots as
/// far as they tell, which the journal keeps before they cannot tell any more.
async fn unfinished(aws: &Aws, cx: &Cx) -> Result<(BTreeSet<String>, BTreeSet<String>), StepError> {
    let seen = marked::<types::Image>(aws, cx).await?;
    let noted = cx.noted::<BTreeSet<String>>(SNAPSHOTS).unwrap_or_default();
    let told = seen.iter().flat_map(snapshots).map(|id| id.to_string());
    let known: BTreeSet<_> = noted.iter().cloned().chain(told).collect();
    if known != noted {
        cx.note(SNAPSHOTS, &known).await?;
    }
    let listed = seen.iter().filter(|image| !image.is_husk()).map(|image| image.id().to_owned());
    Ok((listed.chain(made::noted(cx)).collect(), known))
}

/// Whether instances can be launched from it.
fn available(image: Option<&types::Image>) -> Verdict<ImageOut> {
    let Some(image) = image else { return Verdict::NotYet("not visible".to_owned()) };
    match image.state() {
        Some(ImageState::Available) => Verdict::Ready(ImageOut {
            id: image.id().into(),
            name: image.name().unwrap_or_default().to_owned(),
            snapshots: snapshots(image).collect(),
        }),
        None | Some(ImageState::Pending | ImageState::Transient) => {
            Verdict::NotYet("pending".to_owned())
        }
        Some(state) => {
            let told = format_args!("{} is {state}", image.id());
            Verdict::Never(state_reason::error(told, image.state_reason()))
        }
    }
}

fn gone(image: Option<&types::Image>) -> Verdict<()> {
    match image.filter(|image| !image.is_husk()) {
        None => Verdict::Ready(()),
        Some(_) => Verdict::NotYet("still listed".to_owned()),
    }
}

/// The snapshots it rests on.
pub(crate) fn snapshots(image: &types::Image) -> impl Iterator<Item = SnapshotId> {
    let disks = image.block_device_mappings().iter();
    disks.filter_map(|disk| disk.ebs()?.snapshot_id().map(SnapshotId::from))
}

/// Whose the name is.
fn taken(by: &types::Image) -> String {
    format!(
        "image {} \"{}\" was {}: deregister it, or choose another name",
        by.id(),
        by.name().unwrap_or_default(),
        maker(by.tags())
    )
}

/// Deregisters images, and deletes their snapshots: those that are known, and those that AWS says
/// are theirs.
pub(crate) async fn delete(
    aws: &Aws,
    cx: &Cx,
    images: &BTreeSet<String>,
    mut snapshots: BTreeSet<String>,
) -> Result<(), StepError> {
    for id in images {
        let call = aws.ec2().deregister_image().image_id(id);
        let removal = Removal {
            already: &["InvalidAMIID.Unavailable"],
            ..Removal::new("DeregisterImage", id, Blocked::Unknown)
        };
        remove(aws, cx, removal, || call.clone().send()).await?;
        until(aws, cx, id, GONE, Duration::ZERO, gone).await?;
    }
    // An image that is only half made does not tell its snapshots.
    if !images.is_empty() {
        let described = match snapshots.is_empty() {
            true => patiently::<Snapshot>(aws, cx, by_images(images)).await?,
            false => Snapshot::describe(aws, cx, by_images(images)).await?,
        };
        snapshots.extend(described.iter().map(|snapshot| snapshot.id().to_owned()));
    }
    for id in &snapshots {
        snapshot::delete(aws, cx, id).await?;
    }
    Ok(())
}

impl Resource for types::Image {
    const ID_FILTER: &'static str = "image-id";

    /// The account's own only: without an owner AWS goes through everybody's.
    async fn describe(aws: &Aws, cx: &Cx, by: Vec<Filter>) -> Result<Vec<Self>, StepError> {
        let call = aws.ec2().describe_images().owners("self").set_filters(Some(by));
        let reply = read(aws, cx, "DescribeImages", || call.clone().send()).await?;
        Ok(reply.images.unwrap_or_default())
    }

    fn id(&self) -> &str {
        self.image_id().unwrap_or_default()
    }

    fn tags(&self) -> &[Tag] {
        self.tags()
    }

    fn is_husk(&self) -> bool {
        self.state() == Some(&ImageState::Deregistered)
    }
}
