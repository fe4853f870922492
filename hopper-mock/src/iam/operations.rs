//! Which handler answers which operation of IAM.

use super::call::run;
use super::{instance_profile, role, role_policy, user};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request to IAM.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "CreateRole" => run(world, request, role::create),
        "DeleteRole" => run(world, request, role::delete),
        "GetRole" => run(world, request, role::get),
        "ListRoles" => run(world, request, role::list_all),

        "DeleteRolePolicy" => run(world, request, role_policy::delete),
        "GetRolePolicy" => run(world, request, role_policy::get),
        "ListRolePolicies" => run(world, request, role_policy::list),
        "PutRolePolicy" => run(world, request, role_policy::put),

        "AddRoleToInstanceProfile" => run(world, request, instance_profile::add_role),
        "CreateInstanceProfile" => run(world, request, instance_profile::create),
        "DeleteInstanceProfile" => run(world, request, instance_profile::delete),
        "GetInstanceProfile" => run(world, request, instance_profile::get),
        "ListInstanceProfiles" => run(world, request, instance_profile::list_all),
        "ListInstanceProfilesForRole" => run(world, request, instance_profile::list_for_role),
        "RemoveRoleFromInstanceProfile" => run(world, request, instance_profile::remove_role),

        "CreateUser" => run(world, request, user::create),
        "DeleteUser" => run(world, request, user::delete),
        "GetUser" => run(world, request, user::get),
        "ListUsers" => run(world, request, user::list_all),

        _ => Err(unknown_operation(request)),
    }
}
