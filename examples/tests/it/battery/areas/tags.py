"""Tags."""

from ground import *

vpc = new_vpc()
missing = nothing("vpc")


def tag(key="Name", value="hopper"):
    return [{"Key": key, "Value": value}]


def create(*tags, resources=None):
    return ec2.create_tags(Resources=resources or [vpc], Tags=[t for ts in tags for t in ts])


def tags():
    return {t["Key"]: t["Value"] for t in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0].get("Tags", [])}


rule("CreateTags", "accepted", D, lambda: create(tag()))
rule("CreateTags unknown resource", "InvalidVpcID.NotFound/400", D, lambda: create(tag(), resources=[missing]))
rule("CreateTags malformed id", "InvalidVpcID.Malformed/400 or InvalidID/400", D, lambda: create(tag(), resources=["vpc-x"]))
rule("CreateTags id of no kind", "InvalidID/400", D, lambda: create(tag(), resources=["thing-0123456789abcdef0"]))
rule("CreateTags all or nothing", "InvalidVpcID.NotFound/400 False", U, lambda: f"{answer(lambda: create(tag('half'), resources=[vpc, missing]))} {'half' in tags()}")
rule("CreateTags aws: key", "InvalidParameterValue/400 or InvalidTagKey.Malformed/400", D, lambda: create(tag("aws:mine")))
rule("CreateTags AWS: key", "InvalidParameterValue/400 or InvalidTagKey.Malformed/400", U, lambda: create(tag("AWS:mine")))
rule("CreateTags no tags", "MissingParameter/400", D, ec2.create_tags, Resources=[vpc])
rule("CreateTags no resources", "MissingParameter/400", D, ec2.create_tags, Tags=tag())
rule("CreateTags key of 128", "accepted", D, lambda: create(tag("k" * 128)))
rule("CreateTags key of 129", "InvalidParameterValue/400", D, lambda: create(tag("k" * 129)))
rule("CreateTags empty key", "InvalidParameterValue/400 or MissingParameter/400", D, lambda: create(tag("")))
rule("CreateTags value of 257", "InvalidParameterValue/400", D, lambda: create(tag("k", "v" * 257)))
rule("CreateTags empty value", "accepted", D, lambda: create(tag("empty", "")))
rule("CreateTags the same key twice", "InvalidParameterValue/400", O, lambda: create(tag("k", "1"), tag("k", "2")))
rule("CreateTags over another value", "accepted", D, lambda: create(tag(value="other")))
rule("the later value holds", "other", D, lambda: tags()["Name"])
rule("51 tags", "TagLimitExceeded/400", D, lambda: create(*[tag(f"key-{n}") for n in range(51)]))
rule("CreateTags DryRun", "DryRunOperation/412", D, ec2.create_tags, Resources=[vpc], Tags=tag(), DryRun=True)
rule("DescribeTags", "vpc other", D, lambda: "{0[ResourceType]} {0[Value]}".format(ec2.describe_tags(Filters=filters(resource_id=vpc, key="Name"))["Tags"][0]))
rule("DescribeTags unknown filter", "InvalidParameterValue/400", D, ec2.describe_tags, Filters=filters(colour="red"))
rule("DescribeTags MaxResults 4", "InvalidParameterValue/400", D, ec2.describe_tags, MaxResults=4)
rule("DeleteTags another value", "accepted", D, ec2.delete_tags, Resources=[vpc], Tags=tag(value="hopper"))
rule("keeps the tag", "other", D, lambda: tags()["Name"])
rule("DeleteTags missing key", "accepted", D, ec2.delete_tags, Resources=[vpc], Tags=[{"Key": "nobody"}])
rule("DeleteTags unknown resource", "InvalidVpcID.NotFound/400", D, ec2.delete_tags, Resources=[missing], Tags=tag())
rule("DeleteTags no resources", "MissingParameter/400", D, ec2.delete_tags, Tags=tag())
rule("DeleteTags key", "False", D, lambda: ec2.delete_tags(Resources=[vpc], Tags=[{"Key": "Name"}]) and "Name" in tags())
rule("DeleteTags all", "0", D, lambda: ec2.delete_tags(Resources=[vpc]) and len(tags()))
rule("tags on creation over 50", "TagLimitExceeded/400", D, ec2.create_internet_gateway, TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": [t for n in range(51) for t in tag(f"key-{n}")]}])
rule("tags on creation with aws:", "InvalidParameterValue/400 or InvalidTagKey.Malformed/400", D, ec2.create_internet_gateway, TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": tag("aws:x")}])
rule("what is refused is not made", "0", D, lambda: len(ec2.describe_internet_gateways()["InternetGateways"]))
