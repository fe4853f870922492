//! Steps on Elastic Load Balancing of 2015: network load balancers.
//!
//! Their names are unique in a region, and AWS answers a create with what is there already if it
//! is alike, whoever has made it. So each step looks first whose the name is.

pub(crate) mod listener;
pub(crate) mod load_balancer;
pub(crate) mod seen;
pub(crate) mod tags;
pub(crate) mod target_group;

pub use listener::{Listener, ListenerOut, ListenerRefs};
pub use load_balancer::{NetworkLoadBalancer, NetworkLoadBalancerOut, NetworkLoadBalancerRefs};
pub use target_group::{TargetGroup, TargetGroupOut, TargetGroupRefs};
