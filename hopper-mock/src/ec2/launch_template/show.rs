//! How [`LaunchTemplateData`] are shown: what was given, under the names of answers.

use serde_json::{Map, Value};

use super::LaunchTemplateData;
use crate::wire::Xml;

impl LaunchTemplateData {
    pub(super) fn show(&self) -> Xml {
        self.members().as_object().map_or_else(Xml::new, |members| structure(members, true))
    }
}

/// A structure, whose names begin with a small letter in answers. Lists are sets there.
fn structure(members: &Map<String, Value>, is_outermost: bool) -> Xml {
    let mut shown = Xml::new();
    for (name, value) in members {
        let small = uncapitalised(name);
        shown = match value {
            Value::Object(members) => shown.node(small, structure(members, false)),
            // The service model calls the groups of an interface, and the items of that list,
            // by names of their own.
            Value::Array(list) if name == "SecurityGroupId" && !is_outermost => {
                let groups =
                    list.iter().fold(Xml::new(), |groups, id| groups.text("groupId", text(id)));
                shown.node("groupSet", groups)
            }
            Value::Array(list) if list.iter().all(Value::is_object) => {
                let items = list.iter().filter_map(Value::as_object);
                shown.list(format!("{small}Set"), items.map(|item| structure(item, false)))
            }
            Value::Array(list) => shown.texts(format!("{small}Set"), list.iter().map(text)),
            value => shown.text(small, text(value)),
        };
    }
    shown
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn uncapitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
