//! Which handler answers which operation of IAM.

use super::call::{run, run_on};
use super::{
    InstanceProfile, Policy, Role, User, access_key, account_summary, attachment, instance_profile,
    login_profile, policy, policy_version, role, role_policy, role_update, service_linked_role,
    simulate, tagging, user,
};
use crate::wire::{Answer, Request};
use crate::world::{World, unknown_operation};

/// Answers a request to IAM.
pub(crate) fn operate(world: &mut World, request: &Request) -> Answer {
    match request.operation.as_str() {
        "CreateRole" => run(world, request, role::create),
        "DeleteRole" => run(world, request, role::delete),
        "GetRole" => run(world, request, role::get),
        "ListRoles" => run(world, request, role::list_all),
        "UpdateAssumeRolePolicy" => run(world, request, role_update::update_trust),
        "UpdateRole" => run(world, request, role_update::update),
        "ListRoleTags" => run_on::<Role, _>(world, request, tagging::list::<Role>),
        "TagRole" => run_on::<Role, _>(world, request, tagging::tag::<Role>),
        "UntagRole" => run_on::<Role, _>(world, request, tagging::untag::<Role>),

        "DeleteRolePolicy" => run(world, request, role_policy::delete),
        "GetRolePolicy" => run(world, request, role_policy::get),
        "ListRolePolicies" => run(world, request, role_policy::list),
        "PutRolePolicy" => run(world, request, role_policy::put),

        "AttachRolePolicy" => run_on::<Role, _>(world, request, attachment::attach::<Role>),
        "DetachRolePolicy" => run_on::<Role, _>(world, request, attachment::detach::<Role>),
        "ListAttachedRolePolicies" => run_on::<Role, _>(world, request, attachment::list::<Role>),
        "AttachUserPolicy" => run_on::<User, _>(world, request, attachment::attach::<User>),
        "DetachUserPolicy" => run_on::<User, _>(world, request, attachment::detach::<User>),
        "ListAttachedUserPolicies" => run_on::<User, _>(world, request, attachment::list::<User>),
        "ListEntitiesForPolicy" => run(world, request, attachment::list_entities),

        "CreatePolicy" => run(world, request, policy::create),
        "DeletePolicy" => run(world, request, policy::delete),
        "GetPolicy" => run(world, request, policy::get),
        "ListPolicies" => run(world, request, policy::list),
        "CreatePolicyVersion" => run(world, request, policy_version::create),
        "DeletePolicyVersion" => run(world, request, policy_version::delete),
        "GetPolicyVersion" => run(world, request, policy_version::get),
        "ListPolicyVersions" => run(world, request, policy_version::list),
        "SetDefaultPolicyVersion" => run(world, request, policy_version::set_default),
        "ListPolicyTags" => run_on::<Policy, _>(world, request, tagging::list::<Policy>),
        "TagPolicy" => run_on::<Policy, _>(world, request, tagging::tag::<Policy>),
        "UntagPolicy" => run_on::<Policy, _>(world, request, tagging::untag::<Policy>),

        "AddRoleToInstanceProfile" => run(world, request, instance_profile::add_role),
        "CreateInstanceProfile" => run(world, request, instance_profile::create),
        "DeleteInstanceProfile" => run(world, request, instance_profile::delete),
        "GetInstanceProfile" => run(world, request, instance_profile::get),
        "ListInstanceProfiles" => run(world, request, instance_profile::list_all),
        "ListInstanceProfilesForRole" => run(world, request, instance_profile::list_for_role),
        "RemoveRoleFromInstanceProfile" => run(world, request, instance_profile::remove_role),
        "ListInstanceProfileTags" => {
            run_on::<InstanceProfile, _>(world, request, tagging::list::<InstanceProfile>)
        }
        "TagInstanceProfile" => {
            run_on::<InstanceProfile, _>(world, request, tagging::tag::<InstanceProfile>)
        }
        "UntagInstanceProfile" => {
            run_on::<InstanceProfile, _>(world, request, tagging::untag::<InstanceProfile>)
        }

        "CreateServiceLinkedRole" => run(world, request, service_linked_role::create),
        "DeleteServiceLinkedRole" => run(world, request, service_linked_role::delete),
        "GetServiceLinkedRoleDeletionStatus" => run(world, request, service_linked_role::status),

        "CreateUser" => run(world, request, user::create),
        "DeleteUser" => run(world, request, user::delete),
        "GetUser" => run(world, request, user::get),
        "ListUsers" => run(world, request, user::list_all),
        "ListUserTags" => run_on::<User, _>(world, request, tagging::list::<User>),
        "TagUser" => run_on::<User, _>(world, request, tagging::tag::<User>),
        "UntagUser" => run_on::<User, _>(world, request, tagging::untag::<User>),
        "CreateAccessKey" => run(world, request, access_key::create),
        "DeleteAccessKey" => run(world, request, access_key::delete),
        "ListAccessKeys" => run(world, request, access_key::list),
        "CreateLoginProfile" => run(world, request, login_profile::create),
        "DeleteLoginProfile" => run(world, request, login_profile::delete),
        "GetLoginProfile" => run(world, request, login_profile::get),

        "GetAccountSummary" => run(world, request, account_summary::get),
        "SimulatePrincipalPolicy" => run(world, request, simulate::simulate),

        _ => Err(unknown_operation(request)),
    }
}
