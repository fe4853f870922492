//! What goes over the wire: requests in, answers out, in the protocols AWS speaks.
//!
//! The form-encoded protocols (`ec2` and `query`) are here. A JSON protocol would be one more
//! [`Protocol`], with its own way of filling [`Params`] and of writing an [`Xml`] tree.

mod aws_error;
mod deserialize;
mod params;
mod reply;
mod request;
mod service;
mod xml;

pub use aws_error::AwsError;
pub(crate) use deserialize::from_params;
pub use params::Params;
pub use reply::Reply;
pub use request::Request;
pub use service::{Protocol, Service};
pub use xml::Xml;

/// What a service answers: a tree to be written in the service's protocol, or a refusal.
pub type Answer = Result<Xml, AwsError>;
