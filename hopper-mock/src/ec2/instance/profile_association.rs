//! [`ProfileAssociation`]: which profile an instance has, and the operations that change it.

use serde::{Deserialize, Serialize};

use super::profile::{self, ProfileRequest};
use super::{IamInstanceProfile, Instance, InstanceState};
use crate::Time;
use crate::ec2::describe::page;
use crate::ec2::filter::{self, Attribute, Filter, one};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::{Kind, Transition, World};

/// The association of a profile with an instance. It goes with the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileAssociation {
    /// Its id.
    pub id: String,
    /// The instance.
    pub instance_id: String,
    /// The profile.
    pub profile: IamInstanceProfile,
    /// `associating`, `associated` or `disassociating`.
    pub state: String,
    /// When it was asked for.
    pub timestamp: Time,
}

const KIND: Kind = Kind {
    name: "iam-instance-profile-association",
    prefix: "iip-assoc",
    noun: "association ID",
    malformed: "InvalidParameterValue",
    missing: "InvalidAssociationID.NotFound",
};

const FILTERS: &[Attribute<ProfileAssociation>] = &[
    ("instance-id", |association, _| one(&association.instance_id)),
    ("state", |association, _| one(&association.state)),
];

impl ProfileAssociation {
    fn show(&self) -> Xml {
        let IamInstanceProfile { arn, id } = &self.profile;
        Xml::new()
            .text("associationId", &self.id)
            .text("instanceId", &self.instance_id)
            .node("iamInstanceProfile", Xml::new().text("arn", arn).text("id", id))
            .text("state", &self.state)
            .text("timestamp", self.timestamp)
    }

    fn answer(&self) -> Xml {
        Xml::new().node("iamInstanceProfileAssociation", self.show())
    }
}

/// The association with this id.
fn find<'a>(world: &'a World, id: &str) -> Result<&'a ProfileAssociation, AwsError> {
    if !KIND.fits(id) {
        return Err(AwsError::new(KIND.malformed, "Invalid value for associationId."));
    }
    world.ec2.profile_associations.get(id).ok_or_else(|| KIND.not_found(id))
}

fn of_instance<'a>(
    world: &'a World,
    instance_id: &str,
) -> impl Iterator<Item = &'a ProfileAssociation> {
    let all = world.ec2.profile_associations.values();
    all.filter(move |association| association.instance_id == instance_id)
}

/// Gives an instance a profile, from now on or soon.
fn make(
    world: &mut World,
    instance_id: &str,
    profile: IamInstanceProfile,
    state: &str,
) -> ProfileAssociation {
    let association = ProfileAssociation {
        id: world.new_part_id(KIND.prefix),
        instance_id: instance_id.to_owned(),
        profile: profile.clone(),
        state: state.to_owned(),
        timestamp: world.now,
    };
    if let Some(instance) = world.ec2.instances.get_mut(instance_id) {
        instance.iam_instance_profile = Some(profile);
    }
    world.ec2.profile_associations.insert(association.id.clone(), association.clone());
    association
}

/// What a launch does: the instance has the profile from the start.
pub(super) fn launched(world: &mut World, instance_id: &str, profile: &IamInstanceProfile) {
    make(world, instance_id, profile.clone(), "associated");
}

/// What goes with an instance.
pub(super) fn release(world: &mut World, instance_id: &str) {
    world.ec2.profile_associations.retain(|_, association| association.instance_id != instance_id);
}

fn begin(world: &mut World, instance_id: &str, profile: IamInstanceProfile) -> Answer {
    let association = make(world, instance_id, profile, "associating");
    let after = world.settings().latencies.instance_profile_associated;
    world.schedule(after, Transition::ProfileAssociated(association.id.clone()));
    Ok(association.answer())
}

fn end(world: &mut World, id: &str) -> Result<Xml, AwsError> {
    let after = world.settings().latencies.instance_profile_disassociated;
    world.schedule(after, Transition::ProfileDisassociated(id.to_owned()));
    let association = world.ec2.profile_associations.get_mut(id);
    let association = association.ok_or_else(|| KIND.not_found(id))?;
    "disassociating".clone_into(&mut association.state);
    Ok(association.answer())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct AssociateIamInstanceProfile {
    iam_instance_profile: ProfileRequest,
    instance_id: String,
}

/// Gives a profile to an instance that has none.
pub(crate) fn associate(world: &mut World, input: &AssociateIamInstanceProfile) -> Answer {
    let id = world.find::<Instance>(&input.instance_id)?.id.clone();
    let profile = profile::find(world, &input.iam_instance_profile)?;
    check_state(world, &id)?;
    if let Some(existing) = of_instance(world, &id).next() {
        let why = format!("There is an existing association for instance {id}");
        return Err(AwsError::new("IncorrectState", why).blocked_by([existing.id.clone()]));
    }
    begin(world, &id, profile)
}

fn check_state(world: &World, instance_id: &str) -> Result<(), AwsError> {
    let state = world.find::<Instance>(instance_id)?.state;
    if matches!(state, InstanceState::Running | InstanceState::Stopped) {
        return Ok(());
    }
    Err(AwsError::new(
        "IncorrectInstanceState",
        format!("The instance '{instance_id}' is not in the 'running' or 'stopped' states."),
    ))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DisassociateIamInstanceProfile {
    association_id: String,
}

/// Takes a profile from an instance.
pub(crate) fn disassociate(world: &mut World, input: &DisassociateIamInstanceProfile) -> Answer {
    let id = &input.association_id;
    if find(world, id)?.state == "disassociating" {
        return Err(not_associated(id));
    }
    end(world, id)
}

fn not_associated(id: &str) -> AwsError {
    let why = format!("The association {id} is not in the 'associated' state.");
    AwsError::new("IncorrectState", why)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ReplaceIamInstanceProfileAssociation {
    iam_instance_profile: ProfileRequest,
    association_id: String,
}

/// Gives an instance another profile, by another association.
pub(crate) fn replace(world: &mut World, input: &ReplaceIamInstanceProfileAssociation) -> Answer {
    let association = find(world, &input.association_id)?;
    let instance_id = association.instance_id.clone();
    if association.state != "associated" {
        return Err(not_associated(&association.id));
    }
    let profile = profile::find(world, &input.iam_instance_profile)?;
    check_state(world, &instance_id)?;
    end(world, &input.association_id)?;
    begin(world, &instance_id, profile)
}

/// An instance has its profile.
pub(crate) fn associated(world: &mut World, id: &str) {
    let found = world.ec2.profile_associations.get_mut(id);
    if let Some(association) = found.filter(|association| association.state == "associating") {
        "associated".clone_into(&mut association.state);
    }
}

/// An instance does not have the profile any more.
pub(crate) fn disassociated(world: &mut World, id: &str) {
    let Some(gone) = world.ec2.profile_associations.remove(id) else { return };
    let has_other = of_instance(world, &gone.instance_id).next().is_some();
    if let Some(instance) = world.ec2.instances.get_mut(&gone.instance_id)
        && !has_other
    {
        instance.iam_instance_profile = None;
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct DescribeIamInstanceProfileAssociations {
    #[serde(default, rename = "AssociationId")]
    ids: Vec<String>,
    #[serde(default, rename = "Filter")]
    filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// Lists associations.
pub(crate) fn describe(
    world: &mut World,
    input: &DescribeIamInstanceProfileAssociations,
) -> Answer {
    filter::check(&input.filters, FILTERS, false)?;
    let mut found: Vec<_> = if input.ids.is_empty() {
        world.ec2.profile_associations.values().collect()
    } else {
        input.ids.iter().map(|id| find(world, id)).collect::<Result<_, _>>()?
    };
    found.sort_by_key(|association| &association.id);
    found.dedup_by_key(|association| &association.id);
    found.retain(|association| filter::passes(world, *association, None, &input.filters, FILTERS));
    let token = input.next_token.as_deref();
    let (found, next_token) =
        page(found, |association| &association.id, &(5..=1000), input.max_results, token)?;
    let shown = found.into_iter().map(ProfileAssociation::show);
    Ok(Xml::new().list("iamInstanceProfileAssociationSet", shown).opt("nextToken", next_token))
}
