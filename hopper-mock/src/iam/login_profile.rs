//! Login profiles: what lets a user into the console.

use serde::Deserialize;

use super::entity::{find, find_mut, no_such};
use super::user::OneUser;
use super::{CALLER, LoginProfile, User};
use crate::wire::{Answer, AwsError, Xml};
use crate::world::World;

impl LoginProfile {
    fn show(&self, user_name: &str) -> Xml {
        let shown = Xml::new()
            .text("UserName", user_name)
            .text("CreateDate", self.create_date)
            .text("PasswordResetRequired", self.password_reset_required);
        Xml::new().node("LoginProfile", shown)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateLoginProfile {
    user_name: Option<String>,
    password: String,
    #[serde(default)]
    password_reset_required: bool,
}

/// Gives a user a password, which is checked and not kept.
pub(super) fn create(world: &mut World, input: &CreateLoginProfile) -> Answer {
    let (name, create_date) = (input.user_name.as_deref().unwrap_or(CALLER), world.now);
    let user: &mut User = find_mut(world, name)?;
    if user.login_profile.is_some() {
        let why = format!("Login Profile for user {name} already exists.");
        return Err(AwsError::new("EntityAlreadyExists", why));
    }
    check_password(&input.password)?;
    let password_reset_required = input.password_reset_required;
    let login = LoginProfile { create_date, password_reset_required };
    let answer = login.show(name);
    user.login_profile = Some(login);
    Ok(answer)
}

/// The default password policy, from the IAM guide: 8 to 128 characters, of three kinds out of
/// upper case, lower case, digits and others.
fn check_password(password: &str) -> Result<(), AwsError> {
    let kinds: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric(),
    ];
    let n_kinds = kinds.iter().filter(|is_kind| password.chars().any(**is_kind)).count();
    if (8..=128).contains(&password.chars().count()) && 3 <= n_kinds {
        return Ok(());
    }
    Err(AwsError::new(
        "PasswordPolicyViolation",
        "Password does not conform to the account password policy.",
    ))
}

fn no_login(name: &str) -> AwsError {
    no_such(format!("Login Profile for User {name} cannot be found."))
}

/// Shows whether a user can log in.
pub(super) fn get(world: &mut World, input: &OneUser) -> Answer {
    let name = input.name();
    let login = find::<User>(world, name)?.login_profile.as_ref();
    login.map(|login| login.show(name)).ok_or_else(|| no_login(name))
}

/// Takes a user's password away.
pub(super) fn delete(world: &mut World, input: &OneUser) -> Answer {
    let name = input.name();
    let gone = find_mut::<User>(world, name)?.login_profile.take();
    gone.map(|_| Xml::new()).ok_or_else(|| no_login(name))
}
