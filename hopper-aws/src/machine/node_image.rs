//! [`node_images()`]: the images of nodes that there are.

use super::NODE_IMAGE_PREFIX;
use crate::{Aws, ImageId, mark::filter, needs::ask};
use hopper_core::StepError;

/// An image of nodes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeImage {
    /// Its name: see [`Bake::image_name`](super::Bake::image_name).
    pub name: String,
    /// Its id.
    pub id: ImageId,
    /// Its state: `available` once machines can start from it.
    pub state: String,
    /// When it was made, as AWS writes it.
    pub created: String,
}

/// The images of nodes that the account has in the region, by name.
///
/// # Errors
///
/// When nobody answers, or looking is not allowed.
pub async fn node_images(aws: &Aws) -> Result<Vec<NodeImage>, StepError> {
    let name = filter("name", format!("{NODE_IMAGE_PREFIX}*"));
    let call = aws.ec2().describe_images().owners("self").filters(name);
    let reply = ask("DescribeImages", || call.clone().send()).await?;
    let mut images: Vec<NodeImage> = reply
        .images()
        .iter()
        .map(|image| NodeImage {
            name: image.name().unwrap_or_default().to_owned(),
            id: image.image_id().unwrap_or_default().into(),
            state: image.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
            created: image.creation_date().unwrap_or_default().to_owned(),
        })
        .collect();
    images.sort();
    Ok(images)
}
