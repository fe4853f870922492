//! Watches: changes as they come.

use std::time::Duration;

use hyper::body::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::kind::Kind;
use super::selector::Selector;
use super::status::Refusal;
use crate::host::Guest;

/// How often the controllers go on while somebody watches, at least.
const EVERY: Duration = Duration::from_secs(1);

/// Which changes are told, and for how long.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) kind: Kind,
    pub(super) prefix: String,
    pub(super) selector: Selector,
    pub(super) lasts: Option<u64>,
}

impl Watch {
    /// Tells changes from a version on, or begins with what there is.
    pub(super) fn start(self, guest: Guest, from: Option<u64>) -> mpsc::Receiver<Bytes> {
        let (to, receiver) = mpsc::channel(64);
        tokio::spawn(async move {
            let lasts = Duration::from_secs(self.lasts.unwrap_or(3600));
            let end = guest.mock.now() + lasts;
            let mut from = from;
            while guest.is_alive() && guest.mock.now() < end && !to.is_closed() {
                let changed = guest.mock.hosts_changed().notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                let (lines, version, is_over) = self.lines(&guest, from);
                for line in lines {
                    if to.send(line).await.is_err() {
                        return;
                    }
                }
                if is_over {
                    return;
                }
                from = Some(version);
                tokio::select! {
                    () = changed => {}
                    () = guest.mock.sleep(EVERY) => {}
                    () = to.closed() => return,
                }
            }
        });
        receiver
    }

    /// What there is to tell, up to which version, and whether that is all.
    fn lines(&self, guest: &Guest, from: Option<u64>) -> (Vec<Bytes>, u64, bool) {
        guest.mock.with_world(|world| {
            let Some(cluster) = world.hosts().cluster(&guest.id) else {
                return (Vec::new(), 0, true);
            };
            let line = |what: &str, object: &Value| {
                Bytes::from(format!("{}\n", json!({"type": what, "object": object})))
            };
            let version = cluster.version();
            let Some(from) = from else {
                let all = cluster.of(&self.kind.resource());
                let found = all.filter(|(key, object)| {
                    key.starts_with(&self.prefix) && self.selector.takes(object)
                });
                return (found.map(|(_, it)| line("ADDED", it)).collect(), version, false);
            };
            let Some(changes) = cluster.changes_since(from) else {
                let why = format!("too old resource version: {from} ({version})");
                let gone = Refusal::new(410, "Expired", why).status();
                return (vec![line("ERROR", &gone)], version, true);
            };
            let found = changes.iter().filter(|change| {
                change.key.starts_with(&self.prefix) && self.selector.takes(&change.object)
            });
            (found.map(|it| line(&it.what, &it.object)).collect(), version, false)
        })
    }
}
