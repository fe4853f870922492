//! [`PolicyDocument`]: who may do what, as IAM's JSON.

use hopper_core::Value;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Who may do what, as IAM's JSON.
///
/// Two documents are equal if they are as JSON, however they are spaced and ordered.
///
/// ```
/// use hopper_aws::PolicyDocument;
///
/// let pull: PolicyDocument = r#"{
///     "Version": "2012-10-17",
///     "Statement": [{ "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*" }]
/// }"#
/// .parse()?;
/// let same = serde_json::json!({
///     "Statement": [{ "Resource": "*", "Action": "ecr:GetAuthorizationToken", "Effect": "Allow" }],
///     "Version": "2012-10-17",
/// });
/// assert_eq!(pull, PolicyDocument::try_from(same)?);
/// assert!("Allow *".parse::<PolicyDocument>().is_err());
/// # Ok::<(), hopper_aws::PolicyDocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PolicyDocument(serde_json::Value);

/// Why a text is not a [`PolicyDocument`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyDocumentError {
    /// It is not JSON.
    #[error("a policy is JSON: {0}")]
    Malformed(String),
    /// It is JSON, but no object with statements.
    #[error("a policy is a JSON object with a `Statement`")]
    NoStatement,
}

impl PolicyDocument {
    /// Lets a service act as the role, e.g. `ec2.amazonaws.com`: what a role's trust policy says.
    #[must_use]
    pub fn assumed_by(service: &str) -> Self {
        Self(serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": service },
                "Action": "sts:AssumeRole",
            }],
        }))
    }

    /// Reads what IAM answers: it is percent-encoded after RFC 3986 (IAM API reference,
    /// GetRolePolicy).
    pub(crate) fn from_answer(text: &str) -> Result<Self, PolicyDocumentError> {
        let text = percent_decode_str(text).decode_utf8();
        text.map_err(|e| PolicyDocumentError::Malformed(e.to_string()))?.parse()
    }
}

impl Value for PolicyDocument {}

impl FromStr for PolicyDocument {
    type Err = PolicyDocumentError;

    fn from_str(text: &str) -> Result<Self, PolicyDocumentError> {
        let value: serde_json::Value = serde_json::from_str(text)
            .map_err(|e| PolicyDocumentError::Malformed(e.to_string()))?;
        value.try_into()
    }
}

impl TryFrom<serde_json::Value> for PolicyDocument {
    type Error = PolicyDocumentError;

    fn try_from(value: serde_json::Value) -> Result<Self, PolicyDocumentError> {
        match value.get("Statement") {
            Some(_) => Ok(Self(value)),
            None => Err(PolicyDocumentError::NoStatement),
        }
    }
}

impl TryFrom<String> for PolicyDocument {
    type Error = PolicyDocumentError;

    fn try_from(text: String) -> Result<Self, PolicyDocumentError> {
        text.parse()
    }
}

impl From<PolicyDocument> for String {
    fn from(document: PolicyDocument) -> Self {
        document.to_string()
    }
}

/// JSON without white space, which counts against no quota.
impl fmt::Display for PolicyDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_iam_answers_is_what_was_put() {
        let put = PolicyDocument::assumed_by("ec2.amazonaws.com");
        let answered = "%7B%22Statement%22%3A%5B%7B%22Action%22%3A%22sts%3AAssumeRole%22%2C%22\
                        Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.\
                        amazonaws.com%22%7D%7D%5D%2C%20%22Version%22%3A%222012-10-17%22%7D";
        assert_eq!(PolicyDocument::from_answer(answered).unwrap(), put);
        assert_eq!(PolicyDocument::from_answer(&put.to_string()).unwrap(), put);
    }

    #[test]
    fn says_what_is_wrong() {
        let error = |text: &str| text.parse::<PolicyDocument>().unwrap_err().to_string();
        assert!(error("{").starts_with("a policy is JSON: EOF"), "{}", error("{"));
        assert_eq!(error("[]"), "a policy is a JSON object with a `Statement`");
        assert!(PolicyDocument::from_answer("%ff").is_err());
    }

    #[test]
    fn is_a_text_in_json() {
        let put = PolicyDocument::assumed_by("ec2.amazonaws.com");
        let json = serde_json::to_string(&put).unwrap();
        assert!(json.starts_with("\"{"), "{json}");
        assert_eq!(serde_json::from_str::<PolicyDocument>(&json).unwrap(), put);
    }
}
