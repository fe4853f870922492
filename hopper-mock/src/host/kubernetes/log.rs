//! What pods have printed.

use serde_json::Value;

use super::cluster::{list, text};
use super::status::Refusal;

/// The log of a container of a pod.
pub(super) fn of(pod: &Value, container: &str) -> Result<String, Refusal> {
    let name = text(pod, "/metadata/name");
    let containers = list(pod, "/spec/containers");
    let named = containers.iter().find(|one| container.is_empty() || one["name"] == container);
    let Some(named) = named else {
        let why = format!("container {container} is not valid for pod {name}");
        return Err(Refusal::bad(why));
    };
    let container = text(named, "/name");
    let statuses = list(pod, "/status/containerStatuses");
    let status = statuses.iter().find(|one| one["name"] == container);
    let waiting = status.map(|one| &one["state"]["waiting"]).filter(|one| one.is_object());
    let at = text(pod, "/status/startTime");
    match waiting {
        Some(state) if state["reason"] == "CrashLoopBackOff" => Ok(format!(
            "{at} {container}: starting\n{at} {container}: {}\n",
            text(state, "/message")
        )),
        None if text(pod, "/status/phase") == "Running" => Ok(format!(
            "{at} {container}: starting {}\n{at} {container}: ready on {}\n",
            text(named, "/image"),
            text(pod, "/spec/nodeName")
        )),
        other => {
            let reason = other.map_or("Pending", |state| text(state, "/reason"));
            let why = format!(
                "container \"{container}\" in pod \"{name}\" is waiting to start: {reason}"
            );
            Err(Refusal::bad(why))
        }
    }
}
