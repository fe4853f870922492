"""Launch templates."""

from ground import *

subnet = new_subnet(new_vpc())
DATA = {"ImageId": xenial(), "InstanceType": "t2.micro"}


def create(**params):
    return ec2.create_launch_template(**{"LaunchTemplateName": "nodes", "LaunchTemplateData": DATA, **params})


def version(**params):
    return ec2.create_launch_template_version(**{"LaunchTemplateId": id, "LaunchTemplateData": DATA, **params})


made = create(ClientToken="one")["LaunchTemplate"]
id = made["LaunchTemplateId"]
rule("CreateLaunchTemplate answers version 1", "lt- 1 1", D, lambda: f"{id[:3]} {made['DefaultVersionNumber']} {made['LatestVersionNumber']}")
rule("CreateLaunchTemplate same token", "True", D, lambda: create(ClientToken="one")["LaunchTemplate"]["LaunchTemplateId"] == id)
rule("CreateLaunchTemplate same token, other name", "IdempotentParameterMismatch/400", D, create, LaunchTemplateName="other", ClientToken="one")
rule("CreateLaunchTemplate same name", "InvalidLaunchTemplateName.AlreadyExistsException/400", D, create)
rule("CreateLaunchTemplate bad name", "InvalidLaunchTemplateName.MalformedException/400", D, create, LaunchTemplateName="a b!")
rule("CreateLaunchTemplate short name", "InvalidLaunchTemplateName.MalformedException/400", D, create, LaunchTemplateName="ab")
rule("CreateLaunchTemplate no name", "MissingParameter/400", D, ec2.create_launch_template, LaunchTemplateData=DATA)
rule("CreateLaunchTemplate no data", "MissingParameter/400", D, ec2.create_launch_template, LaunchTemplateName="other")
rule("CreateLaunchTemplate DryRun", "DryRunOperation/412", D, create, LaunchTemplateName="other", DryRun=True)
rule("CreateLaunchTemplateVersion same token", "True", D, lambda: version(ClientToken="v")["LaunchTemplateVersion"]["VersionNumber"] == version(ClientToken="v")["LaunchTemplateVersion"]["VersionNumber"])
rule("CreateLaunchTemplateVersion same token, other data", "IdempotentParameterMismatch/400", D, version, ClientToken="v", LaunchTemplateData={"InstanceType": "t2.large"})
rule("DescribeLaunchTemplates unknown", "InvalidLaunchTemplateId.NotFound/400", D, ec2.describe_launch_templates, LaunchTemplateIds=[nothing("lt")])
rule("DescribeLaunchTemplates malformed", "InvalidLaunchTemplateId.Malformed/400", D, ec2.describe_launch_templates, LaunchTemplateIds=["lt-x"])
rule("DescribeLaunchTemplates unknown name", "InvalidLaunchTemplateName.NotFoundException/400", D, ec2.describe_launch_templates, LaunchTemplateNames=["nobody"])
rule("DescribeLaunchTemplates unknown filter", "InvalidParameterValue/400", D, ec2.describe_launch_templates, Filters=filters(colour="red"))
second = version(SourceVersion="1", LaunchTemplateData={"InstanceType": "t2.small"})["LaunchTemplateVersion"]
rule("CreateLaunchTemplateVersion is the next", "3 False", D, lambda: f"{second['VersionNumber']} {second['DefaultVersion']}")
rule("a version keeps what its source has", "True t2.small", D, lambda: "{0} {InstanceType}".format(second["LaunchTemplateData"]["ImageId"] == DATA["ImageId"], **second["LaunchTemplateData"]))
rule("CreateLaunchTemplateVersion unknown template", "InvalidLaunchTemplateId.NotFound/400", D, version, LaunchTemplateId=nothing("lt"))
rule("CreateLaunchTemplateVersion unknown source", "InvalidLaunchTemplateId.VersionNotFound/400", D, version, SourceVersion="9")
rule("CreateLaunchTemplateVersion of nothing", "MissingParameter/400", D, ec2.create_launch_template_version, LaunchTemplateData=DATA)
rule("DescribeLaunchTemplateVersions unknown version", "InvalidLaunchTemplateId.VersionNotFound/400", D, ec2.describe_launch_template_versions, LaunchTemplateId=id, Versions=["9"])
rule("DescribeLaunchTemplateVersions $Latest", "3", D, lambda: ec2.describe_launch_template_versions(LaunchTemplateId=id, Versions=["$Latest"])["LaunchTemplateVersions"][0]["VersionNumber"])
rule("DescribeLaunchTemplateVersions $Default", "1", D, lambda: ec2.describe_launch_template_versions(LaunchTemplateId=id, Versions=["$Default"])["LaunchTemplateVersions"][0]["VersionNumber"])
rule("ModifyLaunchTemplate unknown version", "InvalidLaunchTemplateId.VersionNotFound/400", D, ec2.modify_launch_template, LaunchTemplateId=id, DefaultVersion="9")
rule("ModifyLaunchTemplate", "3", D, lambda: ec2.modify_launch_template(LaunchTemplateId=id, DefaultVersion="3")["LaunchTemplate"]["DefaultVersionNumber"])
rule("ModifyLaunchTemplate unknown", "InvalidLaunchTemplateId.NotFound/400", D, ec2.modify_launch_template, LaunchTemplateId=nothing("lt"), DefaultVersion="1")


def launch(**template):
    return ec2.run_instances(LaunchTemplate=template, MinCount=1, MaxCount=1, SubnetId=subnet)


rule("RunInstances from a template", "t2.small", D, lambda: launch(LaunchTemplateId=id)["Instances"][0]["InstanceType"])
rule("RunInstances from a version", "t2.micro", D, lambda: launch(LaunchTemplateName="nodes", Version="1")["Instances"][0]["InstanceType"])
rule("RunInstances unknown template", "InvalidLaunchTemplateId.NotFound/400", D, launch, LaunchTemplateId=nothing("lt"))
rule("RunInstances unknown template name", "InvalidLaunchTemplateName.NotFoundException/400", D, launch, LaunchTemplateName="nobody")
rule("RunInstances unknown version", "InvalidLaunchTemplateId.VersionNotFound/400", D, launch, LaunchTemplateId=id, Version="9")
rule("DeleteLaunchTemplate", "accepted", D, ec2.delete_launch_template, LaunchTemplateId=id)
rule("DeleteLaunchTemplate unknown", "InvalidLaunchTemplateId.NotFound/400", D, ec2.delete_launch_template, LaunchTemplateId=id)
rule("DeleteLaunchTemplate unknown name", "InvalidLaunchTemplateName.NotFoundException/400", D, ec2.delete_launch_template, LaunchTemplateName="nobody")
rule("DeleteLaunchTemplate malformed", "InvalidLaunchTemplateId.Malformed/400", D, ec2.delete_launch_template, LaunchTemplateId="lt")
rule("DeleteLaunchTemplate without an id", "MissingParameter/400", D, ec2.delete_launch_template)
rule("CreateLaunchTemplate the name again", "accepted", D, create)
