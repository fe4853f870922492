//! What goes over the wire: requests in, answers out, in the protocols AWS speaks.
//!
//! Requests of every [`Protocol`], forms, JSON and REST alike, become [`Params`]; every answer is an
//! [`Xml`] tree, which is written as XML, as JSON, or as headers and a body.

mod aws_error;
mod deserialize;
mod http_parts;
mod json;
mod params;
mod reply;
mod request;
mod rest;
mod service;
mod signer;
mod xml;

pub use aws_error::AwsError;
pub(crate) use deserialize::from_params;
pub use http_parts::HttpParts;
pub(crate) use http_parts::Unreadable;
pub use params::Params;
pub use reply::Reply;
pub use request::Request;
pub(crate) use rest::METADATA;
pub use service::{Protocol, Service};
pub(crate) use signer::Signer;
pub use xml::Xml;

/// What a service answers: a tree to be written in the service's protocol, or a refusal.
pub type Answer = Result<Xml, AwsError>;
