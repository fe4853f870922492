//! [`chapter()`]: the cluster of the chapter, as far as it is built here.

use super::{Bastion, Network, bastion, network};
use crate::{
    PublicKey,
    ec2::KeyPair,
    settings::{ChapterSettings, SettingsError},
};
use hopper_core::Workflow;

/// What the recipe builds.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The private network.
    pub network: Network,
    /// The bastion.
    pub bastion: Bastion,
}

/// The cluster of the chapter "Reaching for the cloud" of *Kubernetes on AWS*, as far as it is
/// built here: a private network, a key pair and a bastion, with the chapter's own names, tags and
/// addresses. [`network`] and [`bastion`] say where they mend its commands.
///
/// ```
/// use hopper_aws::{recipes::chapter, settings::ChapterSettings};
/// use hopper_core::Workflow;
///
/// let settings = ChapterSettings::default();
/// let w = Workflow::new(&*settings.name);
/// let chapter = chapter(&w, &settings)?;
/// println!("{}", w.plan()?);
/// # let _ = chapter;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Settings that cannot be right: all of them.
pub fn chapter(w: &Workflow, settings: &ChapterSettings) -> Result<Chapter, SettingsError> {
    settings.checked()?;
    let public_key: PublicKey =
        settings.public_key.parse().map_err(|_| SettingsError::Wrong(settings.problems()))?;
    let (name, tags) = (&*settings.name, &settings.tags);
    let network = network(&w.scope("network"), name, &settings.network, tags);
    let key = w.step("key-pair").does(KeyPair {
        name: settings.key_name.clone(),
        public_key: public_key.into(),
        tags: tags.clone(),
    });
    let bastion = bastion(&w.scope("bastion"), &network, key.name(), &settings.bastion, tags);
    Ok(Chapter { network, bastion })
}
