//! [`Refusal`]: the `Status` objects that say why something is not done.

use serde_json::{Value, json};

use super::kind::Kind;

/// A request that comes to nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    reason: &'static str,
    message: String,
    details: Value,
}

impl Refusal {
    pub(super) fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: json!({}) }
    }

    fn about(code: u16, reason: &'static str, message: String, kind: &Kind, name: &str) -> Self {
        // The field is called kind, and has the resource for all but invalid objects.
        let named = if code == 422 { &kind.kind } else { &kind.plural };
        let details = json!({"name": name, "group": kind.group, "kind": named});
        Self { code, reason, message, details }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// Nothing is at a path.
    pub(super) fn no_path() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    pub(super) fn not_found(kind: &Kind, name: &str) -> Self {
        let why = format!("{} \"{name}\" not found", kind.resource());
        Self::about(404, "NotFound", why, kind, name)
    }

    pub(super) fn exists(kind: &Kind, name: &str) -> Self {
        let why = format!("{} \"{name}\" already exists", kind.resource());
        Self::about(409, "AlreadyExists", why, kind, name)
    }

    pub(super) fn modified(kind: &Kind, name: &str) -> Self {
        let why = format!(
            "Operation cannot be fulfilled on {} \"{name}\": the object has been modified; please \
             apply your changes to the latest version and try again",
            kind.resource()
        );
        Self::about(409, "Conflict", why, kind, name)
    }

    /// Fields that another manager has applied otherwise.
    pub(super) fn conflict(kind: &Kind, name: &str, manager: &str, fields: &[String]) -> Self {
        let n = fields.len();
        let message = format!("conflict with \"{manager}\" using {}", kind.api_version());
        let (noun, all) = (if n == 1 { "conflict" } else { "conflicts" }, fields.join("\n- "));
        let why = format!("Apply failed with {n} {noun}: {message}:\n- {all}");
        let mut refusal = Self::about(409, "Conflict", why, kind, name);
        let cause =
            |field| json!({"reason": "FieldManagerConflict", "message": message, "field": field});
        refusal.details["causes"] = fields.iter().map(cause).collect();
        refusal
    }

    pub(super) fn invalid(kind: &Kind, name: &str, field: &str, why: &str) -> Self {
        let of = match kind.group.as_str() {
            "" => kind.kind.clone(),
            group => format!("{}.{group}", kind.kind),
        };
        let message = format!("{of} \"{name}\" is invalid: {field}: {why}");
        let mut refusal = Self::about(422, "Invalid", message, kind, name);
        refusal.details["causes"] =
            json!([{"reason": "FieldValueInvalid", "message": why, "field": field}]);
        refusal
    }

    /// The object that is sent.
    pub(super) fn status(&self) -> Value {
        json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "details": self.details,
            "code": self.code,
        })
    }
}
