//! [`LatestImage`]: the newest machine image of somebody's.

use crate::{
    Aws, ImageId,
    call::read,
    error::incomplete,
    mark::filter,
    needs::{Draft, Needed, Needs, ask},
};
use aws_sdk_ec2::{
    operation::describe_images::builders::DescribeImagesFluentBuilder, types::Image,
};
use hopper_core::{Cx, Lookup, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Looks up the newest available image that matches.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LatestImage {
    /// Whose: account ids, `amazon` or `self`. Ubuntu's is 099720109477.
    pub owners: Vec<String>,
    /// Its name, with `*` and `?`.
    pub name: String,
    /// Its architecture, e.g. `x86_64` or `arm64`.
    pub architecture: String,
    /// Where its root device is: `ebs` or `instance-store`.
    pub root_device_type: String,
    /// Which one is the newest.
    pub newest_by: NewestBy,
}

/// Which of several images is the newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewestBy {
    /// The one that was made last.
    #[default]
    CreationDate,
    /// The last in the order of names, which often end in a date.
    Name,
}

outputs! {
    /// A machine image.
    pub struct LatestImageOut -> LatestImageRefs {
        /// Its id.
        id: ImageId,
        /// Its name.
        name: String,
    }
}

impl Needs for LatestImage {
    fn needs(&self, _: &Draft, needs: &mut Needed) {
        needs.calls(&["ec2:DescribeImages"]);
        let sought = self.clone();
        let hint = "try it with `aws ec2 describe-images`, then mend the settings";
        needs.there(format!("an image that matches {self}"), hint, |aws| async move {
            let reply = ask("DescribeImages", || sought.call(&aws).send()).await?;
            Ok(!reply.images().is_empty())
        });
    }
}

impl Lookup for LatestImage {
    const KIND: &'static str = "aws.ec2.latest_image";
    type Env = Aws;
    type Output = LatestImageOut;

    async fn look_up(&self, aws: &Aws, cx: &Cx) -> Result<LatestImageOut, StepError> {
        let call = self.call(aws);
        let reply = read(aws, cx, "DescribeImages", || call.clone().send()).await?;
        let newest = reply.images().iter().max_by_key(|image| self.age_key(image));
        let newest = newest.ok_or_else(|| self.none_matches(aws))?;
        let id = newest.image_id().ok_or_else(|| incomplete("DescribeImages", "id"))?;
        Ok(LatestImageOut { id: id.into(), name: newest.name().unwrap_or_default().to_owned() })
    }
}

impl LatestImage {
    fn call(&self, aws: &Aws) -> DescribeImagesFluentBuilder {
        aws.ec2()
            .describe_images()
            .set_owners(Some(self.owners.clone()))
            .filters(filter("name", &self.name))
            .filters(filter("architecture", &self.architecture))
            .filters(filter("root-device-type", &self.root_device_type))
            .filters(filter("state", "available"))
    }

    /// What grows from an older image to a newer one; the rest settles ties.
    fn age_key<'a>(&self, image: &'a Image) -> [Option<&'a str>; 3] {
        let (name, date) = (image.name(), image.creation_date());
        match self.newest_by {
            NewestBy::Name => [name, date, image.image_id()],
            NewestBy::CreationDate => [date, name, image.image_id()],
        }
    }

    fn none_matches(&self, aws: &Aws) -> StepError {
        let region = aws.region().unwrap_or("the region");
        StepError::permanent(format_args!("no image in {region} matches {self}"))
            .with_operation("DescribeImages")
            .with_hint("try it with `aws ec2 describe-images`, then mend the settings")
    }
}

/// The filters, as a person would give them.
impl fmt::Display for LatestImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owners, name, architecture, root_device_type, .. } = self;
        write!(
            f,
            "owner={}, name={name}, architecture={architecture}, \
             root-device-type={root_device_type}, state=available",
            owners.join("|")
        )
    }
}
