"""IAM: roles, policies, instance profiles, users."""

import json

from ground import *

iam = client("iam")
READ_ONLY = "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess"


def role(name="master", **params):
    return iam.create_role(**{"RoleName": name, "AssumeRolePolicyDocument": TRUST, **params})


made = {}
rule("CreateRole", "accepted", D, lambda: made.update(role()) or made)
rule("RoleId prefix AROA", "AROA 21", D, lambda: f"{made['Role']['RoleId'][:4]} {len(made['Role']['RoleId'])}")
rule("the ARN of a role", "arn:aws:iam::123456789012:role/master", D, lambda: made["Role"]["Arn"])
rule("its policy comes back as it was", "True", D, lambda: iam.get_role(RoleName="master")["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST))
rule("CreateRole duplicate", "EntityAlreadyExists/409", D, role)
rule("CreateRole duplicate in another case", "EntityAlreadyExists/409", D, role, RoleName="MASTER")
for text in ["{", "", "[]", '{"Statement": 1}', '{"Version": "2012-10-17"}']:
    rule(f"CreateRole malformed trust policy '{text}'", "MalformedPolicyDocument/400 or ValidationError/400", D, role, RoleName="other", AssumeRolePolicyDocument=text)
rule("CreateRole trust policy without a principal", "MalformedPolicyDocument/400", D, role, RoleName="other", AssumeRolePolicyDocument=POLICY)
rule("CreateRole bad name", "ValidationError/400", D, role, RoleName="bad name!")
rule("CreateRole name of 65", "ValidationError/400", D, role, RoleName="n" * 65)
rule("CreateRole no policy", "ValidationError/400 or MissingParameter/400", D, iam.create_role, RoleName="other")
rule("CreateRole bad path", "ValidationError/400", D, role, RoleName="other", Path="no-slash")
rule("CreateRole too many tags", "ValidationError/400 or LimitExceeded/409 or InvalidInput/400", D, role, RoleName="other", Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(51)])
rule("GetRole unknown", "NoSuchEntity/404", D, iam.get_role, RoleName="nobody")
rule("UpdateAssumeRolePolicy malformed", "MalformedPolicyDocument/400", D, iam.update_assume_role_policy, RoleName="master", PolicyDocument="{")
rule("UpdateAssumeRolePolicy unknown", "NoSuchEntity/404", D, iam.update_assume_role_policy, RoleName="nobody", PolicyDocument=TRUST)
rule("UpdateAssumeRolePolicy", "accepted", D, iam.update_assume_role_policy, RoleName="master", PolicyDocument=TRUST)
rule("TagRole", "accepted", D, iam.tag_role, RoleName="master", Tags=[{"Key": "a", "Value": "b"}])
rule("TagRole unknown", "NoSuchEntity/404", D, iam.tag_role, RoleName="nobody", Tags=[{"Key": "a", "Value": "b"}])
rule("ListRoles", "master", D, lambda: " ".join(r["RoleName"] for r in iam.list_roles()["Roles"] if r["Path"] == "/"))

put = lambda **params: iam.put_role_policy(**{"RoleName": "master", "PolicyName": "inline", "PolicyDocument": POLICY, **params})
rule("PutRolePolicy", "accepted", D, put)
rule("PutRolePolicy again is an upsert", "accepted", D, put)
rule("an upsert makes no second one", "inline", D, lambda: " ".join(iam.list_role_policies(RoleName="master")["PolicyNames"]))
rule("PutRolePolicy malformed", "MalformedPolicyDocument/400", D, put, PolicyDocument="{")
rule("PutRolePolicy with a principal", "MalformedPolicyDocument/400", D, put, PolicyDocument=TRUST)
rule("PutRolePolicy without an action", "MalformedPolicyDocument/400", D, put, PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]}')
rule("PutRolePolicy unknown effect", "MalformedPolicyDocument/400", D, put, PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]}')
rule("PutRolePolicy unknown version", "MalformedPolicyDocument/400", D, put, PolicyDocument='{"Version": "2020-01-01", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}')
rule("PutRolePolicy unknown role", "NoSuchEntity/404", D, put, RoleName="nobody")
rule("PutRolePolicy bad name", "ValidationError/400", D, put, PolicyName="bad name!")
long = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [f"arn:aws:s3:::{'b' * 50}-{n}/*" for n in range(200)]}]})
rule("PutRolePolicy over 10,240 characters", "LimitExceeded/409", D, put, PolicyName="long", PolicyDocument=long)
rule("GetRolePolicy", "True", D, lambda: iam.get_role_policy(RoleName="master", PolicyName="inline")["PolicyDocument"] == json.loads(POLICY))
rule("GetRolePolicy unknown", "NoSuchEntity/404", D, iam.get_role_policy, RoleName="master", PolicyName="nobody")
rule("DeleteRolePolicy missing", "NoSuchEntity/404", D, iam.delete_role_policy, RoleName="master", PolicyName="nobody")
rule("ListRolePolicies unknown", "NoSuchEntity/404", D, iam.list_role_policies, RoleName="nobody")
rule("DeleteRole with an inline policy", "DeleteConflict/409", D, iam.delete_role, RoleName="master")
rule("DeleteRolePolicy", "accepted", D, iam.delete_role_policy, RoleName="master", PolicyName="inline")

rule("AttachRolePolicy unknown", "NoSuchEntity/404", D, iam.attach_role_policy, RoleName="master", PolicyArn="arn:aws:iam::aws:policy/Nobody")
rule("AttachRolePolicy malformed ARN", "ValidationError/400 or InvalidInput/400", D, iam.attach_role_policy, RoleName="master", PolicyArn="nobody-at-all-in-here")
rule("AttachRolePolicy unknown role", "NoSuchEntity/404", D, iam.attach_role_policy, RoleName="nobody", PolicyArn=READ_ONLY)
rule("AttachRolePolicy", "accepted", D, iam.attach_role_policy, RoleName="master", PolicyArn=READ_ONLY)
rule("AttachRolePolicy again", "accepted", D, iam.attach_role_policy, RoleName="master", PolicyArn=READ_ONLY)
rule("ListAttachedRolePolicies", "AmazonEC2ReadOnlyAccess", D, lambda: " ".join(p["PolicyName"] for p in iam.list_attached_role_policies(RoleName="master")["AttachedPolicies"]))
rule("DeleteRole with an attached policy", "DeleteConflict/409", D, iam.delete_role, RoleName="master")
rule("DetachRolePolicy", "accepted", D, iam.detach_role_policy, RoleName="master", PolicyArn=READ_ONLY)
rule("DetachRolePolicy again", "NoSuchEntity/404", D, iam.detach_role_policy, RoleName="master", PolicyArn=READ_ONLY)

policy = iam.create_policy(PolicyName="own", PolicyDocument=POLICY)["Policy"]
rule("PolicyId prefix ANPA", "ANPA", D, lambda: policy["PolicyId"][:4])
rule("CreatePolicy duplicate", "EntityAlreadyExists/409", D, iam.create_policy, PolicyName="own", PolicyDocument=POLICY)
rule("CreatePolicy malformed", "MalformedPolicyDocument/400", D, iam.create_policy, PolicyName="other", PolicyDocument="no")
rule("GetPolicy unknown", "NoSuchEntity/404", D, iam.get_policy, PolicyArn="arn:aws:iam::123456789012:policy/nobody")
iam.attach_role_policy(RoleName="master", PolicyArn=policy["Arn"])
rule("AttachmentCount counts", "1", D, lambda: iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["AttachmentCount"])
rule("ListEntitiesForPolicy", "master", D, lambda: " ".join(r["RoleName"] for r in iam.list_entities_for_policy(PolicyArn=policy["Arn"])["PolicyRoles"]))
rule("DeletePolicy attached", "DeleteConflict/409", D, iam.delete_policy, PolicyArn=policy["Arn"])
iam.detach_role_policy(RoleName="master", PolicyArn=policy["Arn"])
rule("DeletePolicy", "accepted", D, iam.delete_policy, PolicyArn=policy["Arn"])
rule("DeletePolicy unknown", "NoSuchEntity/404", D, iam.delete_policy, PolicyArn=policy["Arn"])
many = [iam.create_policy(PolicyName=f"many-{n}", PolicyDocument=POLICY)["Policy"]["Arn"] for n in range(11)]
for arn in many[:10]:
    iam.attach_role_policy(RoleName="master", PolicyArn=arn)
rule("11th attached policy", "LimitExceeded/409", D, iam.attach_role_policy, RoleName="master", PolicyArn=many[10])
for arn in many[:10]:
    iam.detach_role_policy(RoleName="master", PolicyArn=arn)

profile = {}
rule("CreateInstanceProfile", "accepted", D, lambda: profile.update(iam.create_instance_profile(InstanceProfileName="master")) or profile)
rule("InstanceProfileId prefix AIPA", "AIPA", D, lambda: profile["InstanceProfile"]["InstanceProfileId"][:4])
rule("CreateInstanceProfile duplicate", "EntityAlreadyExists/409", D, iam.create_instance_profile, InstanceProfileName="master")
rule("CreateInstanceProfile bad name", "ValidationError/400", D, iam.create_instance_profile, InstanceProfileName="a b")
rule("GetInstanceProfile unknown", "NoSuchEntity/404", D, iam.get_instance_profile, InstanceProfileName="nobody")
add = lambda **params: iam.add_role_to_instance_profile(**{"InstanceProfileName": "master", "RoleName": "master", **params})
rule("AddRole unknown role", "NoSuchEntity/404", D, add, RoleName="nobody")
rule("AddRole unknown profile", "NoSuchEntity/404", D, add, InstanceProfileName="nobody")
rule("AddRoleToInstanceProfile", "accepted", D, add)
rule("AddRole twice", "LimitExceeded/409", D, add)
role("second")
rule("AddRole a second", "LimitExceeded/409", D, add, RoleName="second")
rule("GetInstanceProfile shows the role", "master", D, lambda: iam.get_instance_profile(InstanceProfileName="master")["InstanceProfile"]["Roles"][0]["RoleName"])
rule("ListInstanceProfilesForRole", "master", D, lambda: " ".join(p["InstanceProfileName"] for p in iam.list_instance_profiles_for_role(RoleName="master")["InstanceProfiles"]))
rule("DeleteInstanceProfile holding a role", "DeleteConflict/409", D, iam.delete_instance_profile, InstanceProfileName="master")
rule("DeleteRole in an instance profile", "DeleteConflict/409", D, iam.delete_role, RoleName="master")
remove = iam.remove_role_from_instance_profile
rule("RemoveRole not there", "NoSuchEntity/404", D, remove, InstanceProfileName="master", RoleName="second")
rule("RemoveRole unknown profile", "NoSuchEntity/404", D, remove, InstanceProfileName="nobody", RoleName="master")


def launched():
    return answer(run, subnet=subnet, IamInstanceProfile={"Name": "new"})


subnet = new_subnet(new_vpc())
iam.create_instance_profile(InstanceProfileName="new")
iam.add_role_to_instance_profile(InstanceProfileName="new", RoleName="second")
rule("RunInstances right after the profile", "InvalidParameterValue/400", O, run, subnet=subnet, IamInstanceProfile={"Name": "new"})
rule("RunInstances some time later", "True", O, lambda: until(lambda: launched().startswith("['i-")))
[user] = [i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]]
until(lambda: state(user), "running")
rule("the instance shows its profile", "arn:aws:iam::123456789012:instance-profile/new", D, lambda: instance(user)["IamInstanceProfile"]["Arn"])
rule("DescribeIamInstanceProfileAssociations", "associated", D, lambda: ec2.describe_iam_instance_profile_associations(Filters=[{"Name": "instance-id", "Values": [user]}])["IamInstanceProfileAssociations"][0]["State"])
rule("AssociateIamInstanceProfile a second", "IncorrectState/400", D, ec2.associate_iam_instance_profile, InstanceId=user, IamInstanceProfile={"Name": "master"})
rule("AssociateIamInstanceProfile unknown", "InvalidParameterValue/400 or IncorrectState/400", D, ec2.associate_iam_instance_profile, InstanceId=user, IamInstanceProfile={"Name": "nobody"})
rule("AssociateIamInstanceProfile unknown instance", "InvalidInstanceID.NotFound/400", D, ec2.associate_iam_instance_profile, InstanceId=nothing("i"), IamInstanceProfile={"Name": "master"})
rule("DisassociateIamInstanceProfile unknown", "InvalidAssociationID.NotFound/400", D, ec2.disassociate_iam_instance_profile, AssociationId=nothing("iip-assoc"))
remove(InstanceProfileName="new", RoleName="second")
rule("DeleteInstanceProfile an instance uses", "accepted", D, iam.delete_instance_profile, InstanceProfileName="new")
rule("RemoveRoleFromInstanceProfile", "accepted", D, remove, InstanceProfileName="master", RoleName="master")
rule("DeleteInstanceProfile", "accepted", D, iam.delete_instance_profile, InstanceProfileName="master")
rule("DeleteInstanceProfile unknown", "NoSuchEntity/404", D, iam.delete_instance_profile, InstanceProfileName="master")
rule("DeleteRole", "accepted", D, iam.delete_role, RoleName="master")
rule("DeleteRole unknown", "NoSuchEntity/404", D, iam.delete_role, RoleName="master")

linked = iam.create_service_linked_role
rule("CreateServiceLinkedRole", "/aws-service-role/autoscaling.amazonaws.com/", D, lambda: linked(AWSServiceName="autoscaling.amazonaws.com")["Role"]["Path"])
rule("CreateServiceLinkedRole again", "InvalidInput/400", D, linked, AWSServiceName="autoscaling.amazonaws.com")
rule("CreateServiceLinkedRole unknown service", "InvalidInput/400 or NoSuchEntity/404", D, linked, AWSServiceName="nobody.amazonaws.com")
rule("DeleteRole of a service-linked role", "UnmodifiableEntity/400", D, iam.delete_role, RoleName="AWSServiceRoleForAutoScaling")
rule("PutRolePolicy on a service-linked role", "UnmodifiableEntity/400", D, put, RoleName="AWSServiceRoleForAutoScaling")

person = iam.create_user(UserName="eds")["User"]
rule("UserId prefix AIDA", "AIDA", D, lambda: person["UserId"][:4])
rule("CreateUser duplicate", "EntityAlreadyExists/409", D, iam.create_user, UserName="eds")
rule("CreateUser bad name", "ValidationError/400", D, iam.create_user, UserName="a b")
rule("GetUser unknown", "NoSuchEntity/404", D, iam.get_user, UserName="nobody")
rule("AttachUserPolicy unknown policy", "NoSuchEntity/404", D, iam.attach_user_policy, UserName="eds", PolicyArn="arn:aws:iam::aws:policy/Nobody")
rule("AttachUserPolicy", "accepted", D, iam.attach_user_policy, UserName="eds", PolicyArn=READ_ONLY)
key = iam.create_access_key(UserName="eds")["AccessKey"]
rule("AccessKeyId prefix AKIA", "AKIA Active", D, lambda: f"{key['AccessKeyId'][:4]} {key['Status']}")
rule("CreateAccessKey unknown user", "NoSuchEntity/404", D, iam.create_access_key, UserName="nobody")
iam.create_access_key(UserName="eds")
rule("3rd access key", "LimitExceeded/409", D, iam.create_access_key, UserName="eds")
rule("CreateLoginProfile", "accepted", D, iam.create_login_profile, UserName="eds", Password="Correct-Horse-7")
rule("CreateLoginProfile again", "EntityAlreadyExists/409", D, iam.create_login_profile, UserName="eds", Password="Correct-Horse-7")
rule("CreateLoginProfile weak password", "PasswordPolicyViolation/400", D, lambda: iam.create_user(UserName="weak") and iam.create_login_profile(UserName="weak", Password="a"))
rule("DeleteUser with everything", "DeleteConflict/409", D, iam.delete_user, UserName="eds")
iam.detach_user_policy(UserName="eds", PolicyArn=READ_ONLY)
rule("DetachUserPolicy again", "NoSuchEntity/404", D, iam.detach_user_policy, UserName="eds", PolicyArn=READ_ONLY)
rule("DeleteUser with keys", "DeleteConflict/409", D, iam.delete_user, UserName="eds")
for held in iam.list_access_keys(UserName="eds")["AccessKeyMetadata"]:
    iam.delete_access_key(UserName="eds", AccessKeyId=held["AccessKeyId"])
rule("DeleteAccessKey unknown", "NoSuchEntity/404", D, iam.delete_access_key, UserName="eds", AccessKeyId=key["AccessKeyId"])
rule("DeleteUser with a login profile", "DeleteConflict/409", D, iam.delete_user, UserName="eds")
iam.delete_login_profile(UserName="eds")
rule("DeleteLoginProfile again", "NoSuchEntity/404", D, iam.delete_login_profile, UserName="eds")
rule("DeleteUser", "accepted", D, iam.delete_user, UserName="eds")
rule("DeleteUser unknown", "NoSuchEntity/404", D, iam.delete_user, UserName="eds")
