//! [`demo()`]: a page that shows that a cluster works.

use crate::settings::{Problem, SettingsError};
use hopper_core::{Input, Slot, Workflow};
use hopper_kubernetes::{
    Way, add_ons,
    api::Access,
    steps::{HttpAnswer, Objects, OnUndo, ServiceAddress},
};
use std::time::Duration;

/// How long the load balancer may take, with its name.
const WITHIN: Duration = Duration::from_secs(600);

/// A page behind a load balancer, once it has answered: its address.
///
/// Both go while the controller lives that has to take the load balancer down: whoever gives the
/// slot says what else they have to go before.
///
/// # Errors
///
/// When the objects cannot be written.
pub(super) fn demo(
    w: &Workflow,
    slot: Slot,
    access: &Access,
    nodes: &Input<Vec<String>>,
    image: &str,
) -> Result<Input<String>, SettingsError> {
    let manifest = add_ons::demo(image).map_err(|error| {
        let problem = Problem { field: "demo.image".to_owned(), message: error.to_string() };
        SettingsError::Wrong(vec![problem])
    })?;
    let page = reached(slot, &access.way).after(nodes).does(Objects {
        access: access.clone(),
        manifest: manifest.into(),
        on_undo: OnUndo::Delete,
    });
    let address = w.step("load-balancer").after(&page).does(ServiceAddress {
        access: access.clone(),
        namespace: "default".to_owned(),
        name: "demo".to_owned(),
        within: WITHIN,
    });
    let answer = w.step("answer").does(HttpAnswer {
        host: address.hostname(),
        port: 80,
        path: "/".to_owned(),
        within: WITHIN,
    });
    Ok(answer.url())
}

/// A step that is undone while its machine can still be reached.
fn reached(slot: Slot, way: &Way) -> Slot {
    let slot = slot.undo_before(&way.address).undo_before(&way.host_keys);
    way.through.iter().fold(slot, |slot, way| reached(slot, way))
}
