//! [`Value`]: types that may travel along an edge of the graph.

use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fmt};

/// A type that may travel along an edge of the graph.
///
/// Deliberately not implemented for all serde types at once: because `&str` is no `Value`, the
/// compiler can tell `From<T>` and `From<&str>` for [`Input`](crate::Input) apart, which is what
/// lets a recipe write `"10.0.0.0/16".into()` for a newtype.
/// A type of your own needs one line: `impl hopper_core::Value for MyId {}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel between steps",
    note = "add `impl hopper_core::Value for {Self} {{}}` (it must be serde-serializable, Clone and Debug)"
)]
pub trait Value: Serialize + DeserializeOwned + Clone + fmt::Debug + Send + Sync + 'static {}

macro_rules! values { ($($t:ty),* $(,)?) => { $(impl Value for $t {})* } }
values!(
    String,
    bool,
    u8,
    u16,
    u32,
    u64,
    i8,
    i16,
    i32,
    i64,
    usize,
    f64,
    std::net::IpAddr,
    std::net::Ipv4Addr,
    std::net::Ipv6Addr,
    std::net::SocketAddr,
    std::time::Duration
);

impl<T: Value> Value for Vec<T> {}
impl<T: Value> Value for Option<T> {}
impl<T: Value> Value for BTreeMap<String, T> {}
impl<T: Value> Value for crate::Secret<T> {}
