"""The wire: what is refused before any operation looks at it."""

import urllib.error
import urllib.parse
import urllib.request
from xml.etree import ElementTree

from ground import *

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/{}/aws4_request, SignedHeaders=host, Signature=00"
EC2, STS = ("ec2", "2016-11-15"), ("sts", "2011-06-15")


def post(service, action, **params):
    """A form by hand: the status, and the document."""
    scope, version = service
    form = {"Action": action, "Version": version, **params}
    form = urllib.parse.urlencode({k: v for k, v in form.items() if v is not None}).encode()
    request = urllib.request.Request(URL, form, {"Authorization": SIGNED.format(scope)})
    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def code(*args, **params):
    status, text = post(*args, **params)
    codes = [e.text for e in ElementTree.fromstring(text).iter() if e.tag.endswith("Code")]
    return f"{codes[0]}/{status}" if codes else "accepted"


raw = lambda *args, **params: lambda: code(*args, **params)
vpc = new_vpc()
rule("unknown action", "InvalidAction/400", D, raw(EC2, "CreateMoon"))
rule("no action", "MissingAction/400", D, raw(EC2, None))
rule("unknown parameter", "UnknownParameter/400", D, raw(EC2, "DescribeVpcs", Colour="red"))
rule("unknown member of a structure", "UnknownParameter/400", D, raw(EC2, "DescribeVpcs", **{"Filter.1.Name": "vpc-id", "Filter.1.Colour": "red"}))
rule("the other protocol's list", "UnknownParameter/400 or InvalidParameterValue/400 or InvalidVpcID.Malformed/400", U, raw(EC2, "DescribeVpcs", **{"VpcId.x": vpc}))
rule("unknown version", "InvalidAction/400 or NoSuchVersion/400", D, raw(("ec2", "1999-01-01"), "DescribeVpcs"))
rule("a text for a boolean", "InvalidParameterValue/400", D, raw(EC2, "ModifyVpcAttribute", VpcId=vpc, **{"EnableDnsSupport.Value": "maybe"}))
rule("a text for a number", "InvalidParameterValue/400", D, raw(EC2, "DescribeVpcs", MaxResults="many"))
rule("a text for a list", "InvalidParameterValue/400 or UnknownParameter/400", U, raw(EC2, "DescribeVpcs", VpcId=vpc))
rule("a text for DryRun", "InvalidParameterValue/400", D, raw(EC2, "DescribeVpcs", DryRun="maybe"))
rule("DryRun of a describe", "DryRunOperation/412", D, ec2.describe_vpcs, DryRun=True)
rule("DryRun comes before existence", "DryRunOperation/412 or InvalidVpcID.NotFound/400", U, ec2.delete_vpc, VpcId=nothing("vpc"), DryRun=True)
status, text = post(EC2, "DescribeVpcs", **{"VpcId.1": "vpc-x"})
rule("the shape of EC2's errors", "Response Errors Error Code Message RequestID", D, lambda: " ".join(e.tag for e in ElementTree.fromstring(text).iter()))
status, answered = post(EC2, "DescribeVpcs")
rule("the shape of EC2's answers", "{http://ec2.amazonaws.com/doc/2016-11-15/}DescribeVpcsResponse", D, lambda: ElementTree.fromstring(answered).tag)
rule("a request id in every answer", "True", D, lambda: "<requestId>" in answered and len(ec2.describe_vpcs()["ResponseMetadata"]["RequestId"]) == 36)
rule("void operations answer true", "True", D, lambda: "<return>true</return>" in post(EC2, "DeleteVpc", VpcId=vpc)[1])
rule("unknown action of the query protocol", "InvalidAction/400", D, raw(STS, "CreateMoon"))
status, text = post(STS, "CreateMoon")
rule("the shape of the query protocol's errors", "ErrorResponse Error Type Code Message RequestId", D, lambda: " ".join(e.tag.split("}")[-1] for e in ElementTree.fromstring(text).iter()))
rule("GetCallerIdentity", "123456789012", D, lambda: client("sts").get_caller_identity()["Account"])
rule("DescribeRegions has this one", "eu-west-1", D, lambda: ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"][0]["RegionName"])
rule("DescribeRegions unknown", "InvalidParameterValue/400", D, ec2.describe_regions, RegionNames=["moon-1"])
rule("DescribeAvailabilityZones", "eu-west-1a eu-west-1b eu-west-1c", D, lambda: " ".join(z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"]))
rule("DescribeAvailabilityZones unknown", "InvalidParameterValue/400", D, ec2.describe_availability_zones, ZoneNames=["eu-west-1z"])
rule("DescribeInstanceTypes unknown", "InvalidInstanceType/400 or InvalidParameterValue/400", D, ec2.describe_instance_types, InstanceTypes=["t9.huge"])
rule("DescribeInstanceTypeOfferings", "t2.micro", D, lambda: ec2.describe_instance_type_offerings(LocationType="availability-zone", Filters=filters(instance_type="t2.micro"))["InstanceTypeOfferings"][0]["InstanceType"])
