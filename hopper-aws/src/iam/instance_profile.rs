//! [`InstanceProfile`]: how an instance takes a role.

use super::own_role;
use crate::{
    Aws, InstanceProfileName, RoleName, Tags,
    blockers::Blocked,
    call::{act, read_if_any},
    claim::{is_own, maker},
    comparison::Comparison,
    fresh::is_not_found,
    made::{self, existing, sought_by_key, until_some},
    mark,
    needs::{Draft, Holder, Limit, Needed, Needs, Place, ask_if_any},
    pace::Pace,
    poll::{Verdict, until},
    removal::{Removal, remove},
    resource::{Polled, look},
    unwanted::unwanted,
};
use aws_sdk_iam::types;
use hopper_core::{Cx, Drift, Found, Input, Made, Step, StepError, outputs};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};

/// Visible in IAM at once, mostly; the guide ("Changes that I make are not always immediately
/// visible", IAM user guide) names no time.
const VISIBLE: Pace = Pace::secs(1, 1, 120);
/// EC2 sees what became of a profile some ten seconds later, as it sees a new one (public reports).
/// What is launched with the name of one that was deleted meanwhile has that one for good, and with
/// it no credentials. So whoever makes the same again in one run waits.
const FORGOTTEN: Duration = Duration::from_secs(30);
/// How long a profile is tried to be deleted that holds a role: the one that was taken out of it
/// a moment ago may be seen for some seconds still.
const EMPTIED: Pace = Pace::secs(1, 5, 60);

/// Creates an instance profile, puts a role into it, and waits until IAM shows both.
///
/// Its name is unique in the account. EC2 and Auto Scaling see it some ten seconds later, rarely
/// two minutes: that is for whoever launches with it to wait for, and [`act`](crate::kit::act)
/// does. Deleting it takes the role from the instances that run with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// Its name.
    pub name: String,
    /// Its path, which begins and ends with a slash: `/` if none is given.
    pub path: Option<String>,
    /// The role in it; a profile holds only one.
    pub role: Input<RoleName>,
    /// Its tags.
    pub tags: Tags,
}

outputs! {
    /// An instance profile.
    pub struct InstanceProfileOut -> InstanceProfileRefs {
        /// Its name, by which instances take it.
        name: InstanceProfileName,
        /// Its ARN.
        arn: String,
        /// Its unique id, `AIPA…`, which no later profile of the same name has.
        id: String,
    }
}

impl Needs for InstanceProfile {
    fn needs(&self, draft: &Draft, needs: &mut Needed) {
        let path = self.path.as_deref().unwrap_or("/");
        let resource = format!("instance-profile{path}{}", self.name);
        needs.calls_on(&*resource, &["iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile"]);
        needs.calls_on(&*resource, &["iam:DeleteInstanceProfile", "iam:GetInstanceProfile"]);
        needs
            .calls_on(&*resource, &["iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile"]);
        let put = ["iam:GetInstanceProfile", "iam:TagInstanceProfile"];
        needs.retags(Some(&resource), &put, &["iam:UntagInstanceProfile"]);
        needs.calls_to_role(&Place::of(draft, &self.role), &["iam:PassRole"]);
        needs.takes(Limit::InstanceProfiles);
        needs.name("instance profile", &self.name, |aws, name| async move {
            let call = aws.iam().get_instance_profile().instance_profile_name(name);
            let reply = ask_if_any("GetInstanceProfile", || call.clone().send()).await?;
            let profile = reply.and_then(|reply| reply.instance_profile);
            Ok(profile.map(|profile| Holder::of(profile.tags())))
        });
    }
}

impl Step for InstanceProfile {
    const KIND: &'static str = "aws.iam.instance_profile";
    const UPDATES: &'static [&'static str] = &["tags"];
    type Env = Aws;
    type Output = InstanceProfileOut;

    async fn run(&self, aws: &Aws, cx: &Cx) -> Result<InstanceProfileOut, StepError> {
        let name = made::once(aws, cx, || self.create(aws, cx)).await?;
        self.add_role(aws, cx).await?;
        let judge = |seen: Option<&_>| self.complete(cx, seen);
        let output = until(aws, cx, name.as_str(), VISIBLE, Duration::ZERO, judge).await?;
        if 1 < cx.generation() {
            cx.progress("waiting until nobody sees an earlier profile of that name");
            cx.sleep(FORGOTTEN).await?;
        }
        Ok(output)
    }

    async fn find(&self, aws: &Aws, cx: &Cx) -> Result<Found<InstanceProfileOut>, StepError> {
        let sought = sought_by_key::<types::InstanceProfile>(aws, cx, &self.name);
        let Some(profile) = sought.await? else {
            let noted = made::noted::<InstanceProfileName>(cx);
            return Ok(noted.map_or(Found::Absent, |_| Found::Partly));
        };
        if !is_own(cx, profile.tags()) {
            return Ok(Found::Conflict(taken(&profile)));
        }
        match self.complete(cx, Some(&profile)) {
            Verdict::Ready(output) => Ok(Found::Present(output)),
            _ => made::underway(cx, &self.name).await,
        }
    }

    async fn undo(
        &self,
        aws: &Aws,
        cx: &Cx,
        made: Made<'_, InstanceProfileOut>,
    ) -> Result<(), StepError> {
        let name = &self.name;
        let profile =
            existing(aws, cx, name, || look::<types::InstanceProfile>(aws, cx, &self.name)).await?;
        let done = made.done().map(|profile| profile.id.as_str());
        let profile =
            profile.filter(|p| is_own(cx, p.tags()) || done == Some(p.instance_profile_id()));
        let Some(profile) = profile else {
            return Ok(()); // gone, or somebody else's
        };
        let shown: BTreeSet<&str> = roles(&profile).collect();
        for role in &shown {
            take_out(aws, cx, name, role).await?;
        }
        let call = aws.iam().delete_instance_profile().instance_profile_name(name);
        let own = cx.get(&self.role).as_str();
        if !shown.contains(own) {
            // It may hold its role and not show it yet: then it is refused.
            match act(aws, cx, "DeleteInstanceProfile", || call.clone().send()).await {
                Err(error) if error.code() == Some("DeleteConflict") => {
                    take_out(aws, cx, name, own).await?;
                }
                Err(error) if !is_not_found(&error) => return Err(error),
                _ => return Ok(()),
            }
        }
        delete_empty(aws, cx, name).await
    }

    /// "UntagInstanceProfile" and "TagInstanceProfile" (IAM API reference).
    async fn update(
        &self,
        aws: &Aws,
        cx: &Cx,
        was: &Self,
        out: &InstanceProfileOut,
    ) -> Result<InstanceProfileOut, StepError> {
        let name = &self.name;
        let profile = look::<types::InstanceProfile>(aws, cx, name).await?;
        let Some(profile) = profile.filter(|p| p.instance_profile_id() == out.id) else {
            return Err(StepError::permanent(format_args!("instance profile {name} is gone")));
        };
        let gone = unwanted(aws, cx, &was.tags, &self.tags, profile.tags());
        if !gone.is_empty() {
            let call = aws.iam().untag_instance_profile().instance_profile_name(name);
            let call = call.set_tag_keys(Some(gone));
            act(aws, cx, "UntagInstanceProfile", || call.clone().send()).await?;
        }
        let now = mark::iam_tags(&mark::with(aws, cx, &self.tags));
        let call = aws.iam().tag_instance_profile().instance_profile_name(name).set_tags(Some(now));
        act(aws, cx, "TagInstanceProfile", || call.clone().send()).await?;
        Ok(out.clone())
    }

    async fn check(
        &self,
        aws: &Aws,
        cx: &Cx,
        out: &InstanceProfileOut,
    ) -> Result<Vec<Drift>, StepError> {
        let profile = look::<types::InstanceProfile>(aws, cx, &self.name).await?;
        let Some(profile) = profile.filter(|p| p.instance_profile_id() == out.id) else {
            return Ok(vec![Drift::gone(format_args!("instance profile {}", self.name))]);
        };
        Ok(Comparison::new()
            .field("Path", self.path.as_deref().unwrap_or("/"), profile.path())
            .optional("Roles.RoleName", cx.get(&self.role), roles(&profile).next())
            .tags(&mark::with(aws, cx, &self.tags), profile.tags())
            .drift())
    }
}

impl InstanceProfile {
    async fn create(&self, aws: &Aws, cx: &Cx) -> Result<InstanceProfileName, StepError> {
        let tags = mark::iam_tags(&mark::with(aws, cx, &self.tags));
        let call = aws
            .iam()
            .create_instance_profile()
            .instance_profile_name(&self.name)
            .set_path(self.path.clone())
            .set_tags(Some(tags));
        match act(aws, cx, "CreateInstanceProfile", || call.clone().send()).await {
            Err(error) if error.code() == Some("EntityAlreadyExists") => {
                match until_some(cx, || look::<types::InstanceProfile>(aws, cx, &self.name)).await?
                {
                    Some(profile) if is_own(cx, profile.tags()) => (),
                    Some(profile) => return Err(error.with_hint(taken(&profile))),
                    None => return Err(error),
                }
            }
            other => _ = other?,
        }
        Ok(self.name.as_str().into())
    }

    /// Puts the role into it, unless it is there already: then there is room for no other, and
    /// AWS says `LimitExceeded`.
    async fn add_role(&self, aws: &Aws, cx: &Cx) -> Result<(), StepError> {
        let role = cx.get(&self.role).as_str();
        if aws.fresh().age(role).is_none() {
            // A process that has ended may have made it a moment ago.
            let there = until_some(cx, || own_role::get(aws, cx, role)).await?;
            there.ok_or_else(|| own_role::missing(role))?;
        }
        let call = aws.iam().add_role_to_instance_profile();
        let call = call.instance_profile_name(&self.name).role_name(role);
        match act(aws, cx, "AddRoleToInstanceProfile", || call.clone().send()).await {
            Err(error) if error.code() == Some("LimitExceeded") => {
                let profile = existing(aws, cx, &self.name, || {
                    look::<types::InstanceProfile>(aws, cx, &self.name)
                })
                .await?;
                match profile.as_ref().and_then(|profile| roles(profile).next()) {
                    Some(there) if there == role => (),
                    Some(there) => {
                        return Err(error.with_hint(format!("it holds role {there}")));
                    }
                    None => return Err(error),
                }
            }
            other => _ = other?,
        }
        aws.fresh().add(&place(&self.name, role));
        Ok(())
    }

    /// Whether it is there with its role.
    fn complete(
        &self,
        cx: &Cx,
        seen: Option<&types::InstanceProfile>,
    ) -> Verdict<InstanceProfileOut> {
        let Some(profile) = seen else { return Verdict::NotYet("not visible".to_owned()) };
        if !roles(profile).any(|role| role == cx.get(&self.role).as_str()) {
            return Verdict::NotYet("without its role".to_owned());
        }
        Verdict::Ready(InstanceProfileOut {
            name: profile.instance_profile_name().into(),
            arn: profile.arn().to_owned(),
            id: profile.instance_profile_id().to_owned(),
        })
    }
}

/// Deletes a profile, with its role taken out of it.
pub(crate) async fn delete(
    aws: &Aws,
    cx: &Cx,
    profile: &types::InstanceProfile,
) -> Result<(), StepError> {
    let name = profile.instance_profile_name();
    for role in roles(profile) {
        take_out(aws, cx, name, role).await?;
    }
    delete_empty(aws, cx, name).await
}

async fn delete_empty(aws: &Aws, cx: &Cx, name: &str) -> Result<(), StepError> {
    let call = aws.iam().delete_instance_profile().instance_profile_name(name);
    let removal = Removal {
        passing: &["DeleteConflict"],
        pace: EMPTIED,
        ..Removal::new("DeleteInstanceProfile", name, Blocked::Unknown)
    };
    remove(aws, cx, removal, || call.clone().send()).await
}

/// Takes a role out of a profile.
async fn take_out(aws: &Aws, cx: &Cx, name: &str, role: &str) -> Result<(), StepError> {
    let call = aws.iam().remove_role_from_instance_profile();
    let call = call.instance_profile_name(name).role_name(role);
    let place = place(name, role);
    let removal = Removal::new("RemoveRoleFromInstanceProfile", &place, Blocked::Unknown);
    remove(aws, cx, removal, || call.clone().send()).await
}

/// What tells a role in a profile from all others.
fn place(name: &str, role: &str) -> String {
    format!("{name}/{role}")
}

/// The names of the roles in a profile: one at most.
fn roles(profile: &types::InstanceProfile) -> impl Iterator<Item = &str> {
    profile.roles().iter().map(types::Role::role_name)
}

/// Whose the name is.
fn taken(by: &types::InstanceProfile) -> String {
    format!(
        "instance profile {} was {}: delete it, or choose another name",
        by.instance_profile_name(),
        maker(by.tags())
    )
}

impl Polled for types::InstanceProfile {
    /// A list of profiles shows no tags and all of the account's.
    const MOST: usize = 1;

    async fn look_up(aws: &Aws, cx: &Cx, names: Vec<String>) -> Result<Vec<Self>, StepError> {
        let mut found = Vec::new();
        for name in names {
            let call = aws.iam().get_instance_profile().instance_profile_name(name);
            let reply = read_if_any(cx, "GetInstanceProfile", || call.clone().send()).await?;
            found.extend(reply.and_then(|reply| reply.instance_profile));
        }
        Ok(found)
    }

    fn key(&self) -> &str {
        self.instance_profile_name()
    }
}
