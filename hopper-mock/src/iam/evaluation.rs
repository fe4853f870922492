//! [`Policies`]: what the policies of a principal decide.
//!
//! Source: "Policy evaluation logic", IAM user guide.

use super::condition::{Context, is_met};
use super::document::{Document, Statement, Which};
use super::entity::no_such;
use super::policy::named;
use crate::wire::AwsError;
use crate::world::World;

/// The policies that count, each with where it is from.
pub(crate) struct Policies(Vec<Source>);

/// A policy that counts, and where it is from.
pub(super) struct Source {
    pub(super) id: String,
    pub(super) kind: &'static str,
    document: Document,
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    ExplicitDeny,
    ImplicitDeny,
}

/// What is decided, and because of what.
pub(super) struct Evaluation<'a> {
    pub(super) decision: Decision,
    /// Where the statements that decide are from.
    pub(super) matched: Vec<&'a Source>,
    /// Keys that conditions ask for and the context lacks.
    pub(super) missing: Vec<String>,
    pub(super) is_denied_by_organization: bool,
}

impl Decision {
    /// As answers have it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
        }
    }
}

impl Policies {
    /// Those of a user or a role.
    ///
    /// # Errors
    /// `NoSuchEntity`.
    pub(super) fn of(world: &World, arn: &str) -> Result<Self, AwsError> {
        let (iam, mut policies) = (&world.iam, Self(Vec::new()));
        let role = iam.roles.values().find(|role| role.arn == *arn);
        let user = iam.users.values().find(|user| user.arn == *arn);
        let attached = match (role, user) {
            (Some(role), _) => {
                for (name, text) in &role.inline_policies {
                    policies.add(name.clone(), "role", text)?;
                }
                &role.attached_policies
            }
            (None, Some(user)) => &user.attached_policies,
            (None, None) => return Err(no_such(format!("The entity {arn} cannot be found."))),
        };
        for arn in attached {
            let policy = named(world, arn)?;
            let is_of_aws = arn.starts_with("arn:aws:iam::aws:");
            let kind = if is_of_aws { "aws-managed" } else { "user-managed" };
            if let Some(version) = policy.in_force() {
                policies.add(policy.name.clone(), kind, &version.document)?;
            }
        }
        Ok(policies)
    }

    /// Those of the role of that name, if there is one.
    #[cfg(feature = "hosts")]
    pub(crate) fn of_role(world: &World, name: &str) -> Option<Self> {
        Self::of(world, &world.iam.roles.get(name)?.arn).ok()
    }

    /// One more.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`.
    pub(super) fn add(
        &mut self,
        id: String,
        kind: &'static str,
        text: &str,
    ) -> Result<(), AwsError> {
        self.0.push(Source { id, kind, document: Document::parse(text)? });
        Ok(())
    }

    /// Whether they allow an action on a resource, in a context. A condition that cannot be judged
    /// here grants nothing.
    #[cfg(feature = "hosts")]
    pub(crate) fn allow(
        &self,
        world: &World,
        action: &str,
        resource: &str,
        context: &[(String, String)],
    ) -> bool {
        let evaluation = self.evaluate(world, action, resource, &Context::of(context));
        evaluation.is_ok_and(|evaluation| evaluation.decision == Decision::Allowed)
    }

    /// An explicit denial decides, then an allowance; without either it is denied.
    ///
    /// # Errors
    /// `InvalidInput` for a condition that is not simulated.
    pub(super) fn evaluate(
        &self,
        world: &World,
        action: &str,
        resource: &str,
        context: &Context<'_>,
    ) -> Result<Evaluation<'_>, AwsError> {
        let (mut allowing, mut denying, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        let lower = action.to_ascii_lowercase();
        for source in &self.0 {
            for statement in &source.document.statements {
                if !is_about(statement, &lower, resource, context) {
                    continue;
                }
                let mut counts = true;
                for condition in &statement.conditions {
                    counts &= is_met(condition, context, &mut missing)?;
                }
                if counts {
                    let place = if statement.allows { &mut allowing } else { &mut denying };
                    place.push(source);
                }
            }
        }
        missing.sort();
        missing.dedup();
        let is_denied_by_organization = world.denies(action);
        let (decision, matched) = match (denying.is_empty(), allowing.is_empty()) {
            _ if is_denied_by_organization => (Decision::ExplicitDeny, Vec::new()),
            (false, _) => (Decision::ExplicitDeny, denying),
            (true, false) => (Decision::Allowed, allowing),
            (true, true) => (Decision::ImplicitDeny, Vec::new()),
        };
        Ok(Evaluation { decision, matched, missing, is_denied_by_organization })
    }
}

/// Whether a statement is about an action, in lower case, on a resource.
fn is_about(statement: &Statement, action: &str, resource: &str, context: &Context<'_>) -> bool {
    let is_among = |which: &Which, fits: &dyn Fn(&str) -> bool| {
        which.patterns.iter().any(|pattern| fits(pattern)) != which.is_inverted
    };
    is_among(&statement.actions, &|pattern| fits(&pattern.to_ascii_lowercase(), action))
        && statement.resources.as_ref().is_none_or(|which| {
            is_among(which, &|pattern| fits(&context.fill_in(pattern), resource))
        })
}

/// Whether a text fits a pattern: `*` is any text, `?` any one character.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = rest.as_str();
            fits(rest, "") || text.char_indices().any(|(at, _)| fits(rest, &text[at..]))
        }
        Some(first) => {
            let mut remaining = text.chars();
            remaining.next().is_some_and(|actual| first == '?' || first == actual)
                && fits(rest.as_str(), remaining.as_str())
        }
    }
}
