//! Instances.

mod attribute;
mod console;
mod credits;
mod describe;
mod filters;
mod launch;
mod lifecycle;
mod metadata;
mod modify;
mod network;
mod prepare;
mod profile;
mod profile_association;
mod record;
mod request;
mod run;
mod show;
mod state;
mod status;

pub(crate) use attribute::describe as describe_attribute;
pub(crate) use console::output as console_output;
pub(crate) use credits::{describe as describe_credits, modify as modify_credits};
pub(crate) use describe::describe;
pub(crate) use launch::check_vcpus;
pub(crate) use lifecycle::{
    failed, forgotten, reboot, rebooted, running, start, stop, stopped, terminate, terminate_one,
    terminated,
};
pub(crate) use metadata::{MetadataRequest, modify as modify_metadata_options};
pub(crate) use modify::modify;
pub(crate) use network::InterfaceRequest;
pub(crate) use prepare::check_user_data;
pub(crate) use profile::ProfileRequest;
pub use profile_association::ProfileAssociation;
pub(crate) use profile_association::{
    associate as associate_profile, associated as profile_associated,
    describe as describe_profile_associations, disassociate as disassociate_profile,
    disassociated as profile_disassociated, replace as replace_profile_association,
};
pub use record::{CpuOptions, IamInstanceProfile, Instance, MetadataOptions};
pub(crate) use request::LaunchRequest;
pub(crate) use run::{RunInstances, ran, run};
pub use state::InstanceState;
pub(crate) use status::describe as describe_status;
