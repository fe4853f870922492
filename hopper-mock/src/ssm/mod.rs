//! AWS Systems Manager: the parameters of its Parameter Store.

mod access;
mod arn;
mod call;
mod cipher;
mod delete;
mod describe;
mod get;
mod name;
mod operations;
mod parameter;
mod public_parameter;
mod put;
mod tables;
mod tags;

pub(crate) use access::named;
pub(crate) use cipher::Ciphers;
pub(crate) use operations::operate;
pub use parameter::{Parameter, ParameterVersion};
pub(crate) use tables::REGISTRY;
pub use tables::Ssm;
