//! Launch templates.

mod data;

pub(crate) use data::{
    CpuCredits, CreditSpecification, LaunchTemplateData, Monitoring, Placement, ShutdownBehavior,
    Tenancy,
};
