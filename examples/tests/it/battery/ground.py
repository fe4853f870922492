"""What the rules stand on: a client for each service, `rule`, and means to arrange things.

Clients check no parameters and repeat no call: what is judged is the answer of the server.
"""

import functools
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# Where a rule is from: AWS's documentation and service models, public logs of real accounts,
# or our expectation.
D, O, U = "D", "O", "U"

URL = sys.argv[1]
REGION = "eu-west-1"
CANONICAL = "099720109477"
XENIAL = "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*"
TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""
POLICY = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:Describe*",
    "Resource": "*"}]}"""

SPEED = 200


def client(service):
    return boto3.client(
        service,
        endpoint_url=URL,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


ec2 = client("ec2")
results = []


def answer(call, **params):
    """What the server says: `accepted`, `CODE/STATUS`, or what `call` makes of the answer."""
    try:
        got = call(**params)
    except ClientError as error:
        return f"{error.response['Error']['Code']}/{error.response['ResponseMetadata']['HTTPStatusCode']}"
    return "accepted" if isinstance(got, dict) else str(got)


def rule(name, expected, source, call, **params):
    """AWS answers this call with one of what is `expected`, separated by ` or `."""
    got = answer(call, **params)
    met = got in expected.split(" or ")
    silent = got == "accepted" and not met
    print(f"{'met' if met else 'NOT'}  {name}: {got}{'' if met else f', not {expected}'} [{source}]")
    results.append((met, silent))


def until(what, wanted=True):
    """Waits until `what()` is as wanted; the server's clock runs many times as fast as ours."""
    deadline = time.monotonic() + 20
    while (got := what()) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    return got


def ids(prefix, count=1):
    """Well-formed ids of nothing."""
    return [f"{prefix}-0{number:016x}" for number in range(1, count + 1)]


def nothing(prefix):
    return ids(prefix)[0]


def new_vpc(cidr="10.0.0.0/16"):
    return ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]


def new_subnet(vpc, cidr="10.0.0.0/20", zone="eu-west-1a"):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)
    return made["Subnet"]["SubnetId"]


def new_gateway(vpc):
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return made


def new_group(vpc, name="group"):
    return ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]


def filters(**wanted):
    return [{"Name": k.replace("_", "-"), "Values": [v]} for k, v in wanted.items()]


def default_group(vpc):
    found = ec2.describe_security_groups(Filters=filters(vpc_id=vpc, group_name="default"))
    return found["SecurityGroups"][0]["GroupId"]


def main_table(vpc):
    wanted = filters(vpc_id=vpc) + [{"Name": "association.main", "Values": ["true"]}]
    return ec2.describe_route_tables(Filters=wanted)["RouteTables"][0]


@functools.cache
def xenial():
    """The newest image of the chapter's filter."""
    found = ec2.describe_images(Owners=[CANONICAL], Filters=filters(name=XENIAL))["Images"]
    return max(found, key=lambda image: image["Name"])["ImageId"]


def run(subnet, **more):
    """The ids of new instances."""
    wanted = dict(ImageId=xenial(), InstanceType="t2.micro", MinCount=1, MaxCount=1)
    made = ec2.run_instances(**{**wanted, "SubnetId": subnet, **more})["Instances"]
    return [instance["InstanceId"] for instance in made]


def instance(id):
    return ec2.describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"][0]


def state(id):
    return instance(id)["State"]["Name"]
