//! Network interfaces.
//!
//! Instances and NAT gateways have them too, so this module is where addresses are given out:
//! [`make`] puts an interface into a subnet, [`attach`] onto an instance, [`give_public_ip`] gives
//! it a public address of Amazon's, and [`remove`] takes it away with all that hangs on it.

mod addresses;
mod attachment;
mod attribute;
mod describe;
mod lifecycle;
mod place;
mod private_addresses;
mod record;

pub(crate) use addresses::{
    PublicIp, address_in, give_public_ip, new_public_ip, public_ip_of, take_public_ip,
};
pub(crate) use attachment::{
    attach, attach_operation, attached, check_interface_limit, detach_operation, detached,
    of_instance, primary_of,
};
pub(crate) use attribute::modify;
pub(crate) use lifecycle::{available, create, created, delete};
pub(crate) use place::{NewInterface, check_groups, make, remove};
pub(crate) use private_addresses::{
    PrivateIp, add_addresses, assign, check_address_limit, unassign,
};
pub use record::{Attachment, NetworkInterface, PrivateAddress};
