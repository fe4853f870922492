//! Service Quotas: it tells the quotas that the other services hold to.

mod get;
mod list;
mod operations;
mod quota;

pub(crate) use operations::operate;
