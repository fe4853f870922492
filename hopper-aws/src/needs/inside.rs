//! What steps inside machines ask of AWS: nothing.

use super::{Draft, Needed, Needs};
use crate::needs::Catalogue;
use hopper_kubernetes::steps::{
    AdminKubeconfig, Authority, HttpAnswer, Init, JoinControlPlane, JoinData, NodesReady, Objects,
    Reached, RenewedToken, RevokedToken, Rollout, Script, ServiceAddress, SharedPki,
};

macro_rules! inside {
    ($($step:ident),* $(,)?) => {
        $(impl Needs for $step {
            fn needs(&self, _: &Draft, _: &mut Needed) {}
        })*

        impl Catalogue {
            /// With the steps inside machines, which ask nothing of AWS.
            pub(super) fn and_inside(self) -> Self {
                self$(.with::<$step>())*
            }
        }
    };
}

inside!(
    AdminKubeconfig,
    Authority,
    HttpAnswer,
    Init,
    JoinControlPlane,
    JoinData,
    NodesReady,
    Objects,
    Reached,
    RenewedToken,
    RevokedToken,
    Rollout,
    Script,
    ServiceAddress,
    SharedPki,
);
