//! [`Document`]: policies as JSON, read and checked by IAM's policy grammar.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::name::{check_length, invalid};
use crate::wire::AwsError;
use crate::world::World;

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    /// Its statements, at least one.
    pub(super) statements: Vec<Statement>,
}

/// A statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    sid: Option<String>,
    /// Whether it allows; otherwise it denies.
    pub(super) allows: bool,
    /// Kind and value of each principal, if it names any.
    principals: Option<Vec<(String, String)>>,
    /// The actions it is about.
    pub(super) actions: Which,
    /// The resources it is about, if it names any.
    pub(super) resources: Option<Which>,
    /// When it counts.
    pub(super) conditions: Vec<Condition>,
}

/// Everything that fits a pattern, or everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Which {
    /// Patterns with `*` and `?`.
    pub(super) patterns: Vec<String>,
    /// Whether what fits is left out.
    pub(super) is_inverted: bool,
}

/// A condition of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// How it compares, such as `StringEquals`.
    pub(super) operator: String,
    /// What it compares, such as `aws:ResourceTag/Name`.
    pub(super) key: String,
    /// What it compares with.
    pub(super) values: Vec<String>,
}

/// `MalformedPolicyDocument`.
pub(super) fn malformed(why: impl Into<String>) -> AwsError {
    AwsError::new("MalformedPolicyDocument", why)
}

/// A document as answers have it: percent-encoded after RFC 3986.
pub(super) fn encode(document: &str) -> String {
    const RESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(document, RESERVED).to_string()
}

/// How many characters count against a quota: all but white space.
pub(super) fn size(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

/// Reads a policy that says who may assume a role.
///
/// # Errors
/// `MalformedPolicyDocument`, among other things for an own user or role that does not exist.
pub(super) fn check_trust(world: &World, text: &str) -> Result<(), AwsError> {
    check_text("assumeRolePolicyDocument", text)?;
    for statement in &Document::parse(text)?.statements {
        if statement.resources.is_some() {
            return Err(malformed("Has prohibited field Resource"));
        }
        let is_sts = |action: &String| action.to_ascii_lowercase().starts_with("sts:");
        if statement.actions.is_inverted || !statement.actions.patterns.iter().all(is_sts) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
        let missing = || malformed("Missing required field Principal");
        for (kind, value) in statement.principals.as_ref().ok_or_else(missing)? {
            check_principal(world, kind, value)?;
        }
    }
    Ok(())
}

/// Reads a policy that says what may be done.
///
/// # Errors
/// `MalformedPolicyDocument`.
pub(super) fn check_permissions(text: &str) -> Result<(), AwsError> {
    check_text("policyDocument", text)?;
    let statements = Document::parse(text)?.statements;
    for (at, statement) in statements.iter().enumerate() {
        if statement.principals.is_some() {
            return Err(malformed("Policy document should not specify a principal."));
        }
        let missing = || malformed("Policy statement must contain resources.");
        for pattern in &statement.resources.as_ref().ok_or_else(missing)?.patterns {
            if pattern != "*" && (!pattern.starts_with("arn:") || pattern.split(':').count() < 6) {
                let why = format!("Resource {pattern} must be in ARN format or \"*\".");
                return Err(malformed(why));
            }
        }
        let sid = statement.sid.as_ref().filter(|sid| !sid.is_empty());
        if let Some(sid) = sid {
            if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                let why = format!(
                    "Statement IDs (SID) must be alpha-numeric: {sid} has other characters"
                );
                return Err(malformed(why));
            }
            if statements.iter().take(at).any(|before| before.sid.as_ref() == Some(sid)) {
                return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
            }
        }
    }
    Ok(())
}

fn check_text(parameter: &str, text: &str) -> Result<(), AwsError> {
    check_length(parameter, text, (1, 131_072))?;
    if text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')) {
        return Ok(());
    }
    let why = r"Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+";
    Err(invalid(parameter, text, why))
}

fn check_principal(world: &World, kind: &str, value: &str) -> Result<(), AwsError> {
    let iam = &world.iam;
    let exists = |arn: &str| {
        iam.roles.values().any(|role| role.arn == arn)
            || iam.users.values().any(|user| user.arn == arn)
    };
    let own = format!("arn:aws:iam::{}:", world.account);
    let is_valid = match kind {
        "*" | "Federated" | "CanonicalUser" => true,
        "Service" => value.ends_with(".amazonaws.com") || value.ends_with(".amazonaws.com.cn"),
        "AWS" if value == "*" => true,
        "AWS" if value.len() == 12 => value.bytes().all(|byte| byte.is_ascii_digit()),
        "AWS" => match value.strip_prefix(&own) {
            Some(rest) => rest == "root" || exists(value),
            None => value.starts_with("arn:aws:iam::") || value.starts_with("arn:aws:sts::"),
        },
        _ => return Err(malformed(format!("Unsupported principal: {kind}"))),
    };
    if is_valid {
        return Ok(());
    }
    let kind = kind.to_uppercase();
    Err(malformed(format!("Invalid principal in policy: \"{kind}\":\"{value}\"")))
}

impl Document {
    /// Reads a policy, of whatever use.
    ///
    /// # Errors
    /// `MalformedPolicyDocument` for what is not a policy by the grammar.
    pub(super) fn parse(text: &str) -> Result<Self, AwsError> {
        let syntax = || malformed("Syntax errors in policy.");
        let Ok(Value::Object(policy)) = serde_json::from_str(text) else { return Err(syntax()) };
        check_keys(&policy, &["Version", "Id", "Statement"])?;
        // Without a version it is the older of the two.
        let version = policy.get("Version");
        if version.is_some_and(|version| version != "2012-10-17" && version != "2008-10-17") {
            return Err(malformed("The policy must contain a valid version string."));
        }
        let statements = match policy.get("Statement") {
            Some(Value::Object(statement)) => vec![Statement::read(statement)?],
            Some(Value::Array(statements)) if !statements.is_empty() => statements
                .iter()
                .map(|statement| Statement::read(statement.as_object().ok_or_else(syntax)?))
                .collect::<Result<_, _>>()?,
            _ => return Err(syntax()),
        };
        Ok(Self { statements })
    }
}

impl Statement {
    fn read(statement: &Map<String, Value>) -> Result<Self, AwsError> {
        check_keys(
            statement,
            &[
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ],
        )?;
        let sid = statement.get("Sid").map(text).transpose()?;
        let allows = match statement.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err(malformed("Policy statement must have an Effect of Allow or Deny.")),
        };
        let principal = statement.get("Principal").or_else(|| statement.get("NotPrincipal"));
        let missing = || malformed("Policy statement must contain actions.");
        let actions = which(statement, "Action", "NotAction")?.ok_or_else(missing)?;
        actions.patterns.iter().try_for_each(|action| check_action(action))?;
        Ok(Self {
            sid,
            allows,
            principals: principal.map(principals).transpose()?,
            actions,
            resources: which(statement, "Resource", "NotResource")?,
            conditions: statement.get("Condition").map(conditions).transpose()?.unwrap_or_default(),
        })
    }
}

fn check_keys(object: &Map<String, Value>, known: &[&str]) -> Result<(), AwsError> {
    if object.keys().all(|key| known.contains(&key.as_str())) {
        return Ok(());
    }
    Err(malformed("Syntax errors in policy."))
}

/// Refuses what is neither `service:Name` nor `*`.
pub(super) fn check_action(action: &str) -> Result<(), AwsError> {
    if action == "*" {
        return Ok(());
    }
    let is_vendor = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_action = |c: char| c.is_ascii_alphanumeric() || "*?-_".contains(c);
    match action.split_once(':') {
        Some((vendor, name))
            if !vendor.is_empty()
                && vendor.chars().all(is_vendor)
                && !name.is_empty()
                && name.chars().all(is_action) =>
        {
            Ok(())
        }
        None => Err(malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        )),
        Some((vendor, _)) => Err(malformed(format!("Vendor {vendor} is not valid"))),
    }
}

fn text(value: &Value) -> Result<String, AwsError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(malformed("Syntax errors in policy.")),
    }
}

/// A text, or a list of at least one.
fn texts(value: &Value) -> Result<Vec<String>, AwsError> {
    match value {
        Value::Array(values) if !values.is_empty() => values.iter().map(text).collect(),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Ok(vec![text(value)?]),
        _ => Err(malformed("Syntax errors in policy.")),
    }
}

fn which(
    statement: &Map<String, Value>,
    name: &str,
    inverted: &str,
) -> Result<Option<Which>, AwsError> {
    let (value, is_inverted) = match (statement.get(name), statement.get(inverted)) {
        (None, None) => return Ok(None),
        (Some(value), None) => (value, false),
        (None, Some(value)) => (value, true),
        (Some(_), Some(_)) => {
            return Err(malformed(format!(
                "Policy statement must not have both {name} and {inverted}."
            )));
        }
    };
    Ok(Some(Which { patterns: texts(value)?, is_inverted }))
}

fn principals(value: &Value) -> Result<Vec<(String, String)>, AwsError> {
    match value {
        Value::String(all) if all == "*" => Ok(vec![("*".to_owned(), "*".to_owned())]),
        Value::Object(kinds) if !kinds.is_empty() => {
            let mut found = Vec::new();
            for (kind, values) in kinds {
                found.extend(texts(values)?.into_iter().map(|value| (kind.clone(), value)));
            }
            Ok(found)
        }
        _ => Err(malformed("Syntax errors in policy.")),
    }
}

fn conditions(value: &Value) -> Result<Vec<Condition>, AwsError> {
    let syntax = || malformed("Syntax errors in policy.");
    let mut found = Vec::new();
    for (operator, keys) in value.as_object().ok_or_else(syntax)? {
        check_operator(operator)?;
        for (key, values) in keys.as_object().ok_or_else(syntax)? {
            let values = texts(values)?;
            found.push(Condition { operator: operator.clone(), key: key.clone(), values });
        }
    }
    Ok(found)
}

/// Refuses an operator that the reference of policy elements does not have.
fn check_operator(operator: &str) -> Result<(), AwsError> {
    const KNOWN: &[&str] = &[
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "BinaryEquals",
        "Bool",
        "DateEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateNotEquals",
        "IpAddress",
        "NotIpAddress",
        "Null",
        "NumericEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericNotEquals",
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
        "StringNotEquals",
        "StringNotEqualsIgnoreCase",
        "StringNotLike",
    ];
    let bare = operator
        .strip_prefix("ForAllValues:")
        .or_else(|| operator.strip_prefix("ForAnyValue:"))
        .unwrap_or(operator);
    if KNOWN.contains(&bare.strip_suffix("IfExists").unwrap_or(bare)) {
        return Ok(());
    }
    Err(malformed(format!("Invalid Condition type : {operator}.")))
}
