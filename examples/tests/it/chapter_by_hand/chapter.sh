#!/bin/sh
# The chapter's commands, as its reader types them, and a teardown: the aws CLI, unmodified.
#
#   chapter.sh POLICIES       with AWS_ENDPOINT_URL, AWS_DEFAULT_REGION and credentials in the environment
#
# The broken lines of the book are mended. Where the book says that one may have to wait, the CLI's
# own waiters wait.
set -eu
POLICIES=$1
export AWS_PAGER=
id() { aws "$@" --output text; }

VPC_ID=$(id ec2 create-vpc --cidr-block 10.0.0.0/16 --query Vpc.VpcId)
aws ec2 modify-vpc-attribute --enable-dns-support --vpc-id "$VPC_ID"
aws ec2 modify-vpc-attribute --enable-dns-hostnames --vpc-id "$VPC_ID"
aws ec2 create-tags --resources "$VPC_ID" \
  --tags Key=Name,Value=hopper Key=kubernetes.io/cluster/hopper,Value=shared
PRIVATE_TABLE=$(id ec2 describe-route-tables --filters Name=vpc-id,Values="$VPC_ID" \
  --query 'RouteTables[0].RouteTableId')
PUBLIC_TABLE=$(id ec2 create-route-table --vpc-id "$VPC_ID" --query RouteTable.RouteTableId)
aws ec2 create-tags --resources "$PUBLIC_TABLE" --tags Key=Name,Value=hopper-public
aws ec2 create-tags --resources "$PRIVATE_TABLE" --tags Key=Name,Value=hopper-private
PRIVATE_SUBNET=$(id ec2 create-subnet --vpc-id "$VPC_ID" --availability-zone eu-west-1a \
  --cidr-block 10.0.0.0/20 --query Subnet.SubnetId)
aws ec2 create-tags --resources "$PRIVATE_SUBNET" --tags Key=Name,Value=hopper-private-1a \
  Key=kubernetes.io/cluster/hopper,Value=owned Key=kubernetes.io/role/internal-elb,Value=1
PUBLIC_SUBNET=$(id ec2 create-subnet --vpc-id "$VPC_ID" --availability-zone eu-west-1a \
  --cidr-block 10.0.16.0/20 --query Subnet.SubnetId)
aws ec2 create-tags --resources "$PUBLIC_SUBNET" --tags Key=Name,Value=hopper-public-1a \
  Key=kubernetes.io/cluster/hopper,Value=owned Key=kubernetes.io/role/elb,Value=1
ASSOCIATION=$(id ec2 associate-route-table --subnet-id "$PUBLIC_SUBNET" \
  --route-table-id "$PUBLIC_TABLE" --query AssociationId)
GATEWAY=$(id ec2 create-internet-gateway --query InternetGateway.InternetGatewayId)
aws ec2 attach-internet-gateway --internet-gateway-id "$GATEWAY" --vpc-id "$VPC_ID"
aws ec2 create-route --route-table-id "$PUBLIC_TABLE" --destination-cidr-block 0.0.0.0/0 \
  --gateway-id "$GATEWAY"
ALLOCATION=$(id ec2 allocate-address --domain vpc --query AllocationId)
NAT=$(id ec2 create-nat-gateway --subnet-id "$PUBLIC_SUBNET" --allocation-id "$ALLOCATION" \
  --query NatGateway.NatGatewayId)
aws ec2 wait nat-gateway-available --nat-gateway-ids "$NAT"
aws ec2 create-route --route-table-id "$PRIVATE_TABLE" --destination-cidr-block 0.0.0.0/0 \
  --nat-gateway-id "$NAT"

KEY=$(mktemp)
trap 'rm -f "$KEY"' EXIT
echo "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN+69qqKSv4S/E3cwOPebUo1JnnRp5vfaMhRInrupHMq" > "$KEY"
aws ec2 import-key-pair --key-name eds_laptop --public-key-material "fileb://$KEY"
group() {
  id ec2 create-security-group --group-name "$1" --description "$2" --vpc-id "$VPC_ID" \
    --query GroupId
}
allow() {
  into=$1
  shift
  aws ec2 authorize-security-group-ingress --group-id "$into" "$@"
}
BASTION_SG=$(group ssh-bastion "SSH Bastion Hosts")
allow "$BASTION_SG" --protocol tcp --port 22 --cidr 0.0.0.0/0
UBUNTU=$(id ec2 describe-images --owners 099720109477 \
  --filters Name=root-device-type,Values=ebs Name=architecture,Values=x86_64 \
  'Name=name,Values=*hvm-ssd/ubuntu-xenial-16.04*' \
  --query 'sort_by(Images, &Name)[-1].ImageId')
BASTION=$(id ec2 run-instances --image-id "$UBUNTU" --instance-type t2.micro \
  --key-name eds_laptop --security-group-ids "$BASTION_SG" --subnet-id "$PUBLIC_SUBNET" \
  --associate-public-ip-address --query 'Instances[0].InstanceId')
aws ec2 create-tags --resources "$BASTION" --tags Key=Name,Value=ssh-bastion
aws ec2 wait instance-running --instance-ids "$BASTION"
BASTION_IP=$(id ec2 describe-instances --instance-ids "$BASTION" \
  --query 'Reservations[0].Instances[0].PublicIpAddress')
test "$BASTION_IP" != None

role() {
  role=$1
  shift
  aws iam create-role --role-name "$role" \
    --assume-role-policy-document "file://$POLICIES/ec2-role-trust-policy.json"
  for policy in "$@"; do
    aws iam put-role-policy --role-name "$role" --policy-name "$policy" \
      --policy-document "file://$POLICIES/$policy.json"
  done
  aws iam create-instance-profile --instance-profile-name "$role"
  aws iam add-role-to-instance-profile --instance-profile-name "$role" --role-name "$role"
}
MASTER_POLICIES="master ecr cni autoscaler loadbalancing"
NODE_POLICIES="node ecr cni"
role K8sMaster $MASTER_POLICIES
role K8sNode $NODE_POLICIES

AMI_SG=$(group k8s-ami "Kubernetes AMI Instances")
allow "$AMI_SG" --protocol tcp --port 22 --source-group "$BASTION_SG"
BUILDER=$(id ec2 run-instances --subnet-id "$PRIVATE_SUBNET" --image-id "$UBUNTU" \
  --instance-type t2.micro --key-name eds_laptop --security-group-ids "$AMI_SG" \
  --private-ip-address 10.0.0.11 --query 'Instances[0].InstanceId')
aws ec2 create-tags --resources "$BUILDER" --tags Key=Name,Value=kubernetes-node-ami
aws ec2 wait instance-running --instance-ids "$BUILDER"
aws ec2 stop-instances --instance-ids "$BUILDER"
aws ec2 wait instance-stopped --instance-ids "$BUILDER"
IMAGE=$(id ec2 create-image --name k8s-1.10.3-001 --description "Kubernetes v1.10.3" \
  --instance-id "$BUILDER" --query ImageId)
aws ec2 wait image-available --image-ids "$IMAGE"

MASTER_SG=$(group k8s-master "Kubernetes Master Hosts")
allow "$MASTER_SG" --protocol tcp --port 22 --source-group "$BASTION_SG"
MASTER=$(id ec2 run-instances --private-ip-address 10.0.0.10 --subnet-id "$PRIVATE_SUBNET" \
  --image-id "$IMAGE" --instance-type t2.medium --key-name eds_laptop \
  --security-group-ids "$MASTER_SG" --credit-specification CpuCredits=unlimited \
  --iam-instance-profile Name=K8sMaster --query 'Instances[0].InstanceId')
aws ec2 create-tags --resources "$MASTER" --tags Key=Name,Value=hopper-k8s-master \
  Key=kubernetes.io/cluster/hopper,Value=owned
aws ec2 wait instance-running --instance-ids "$MASTER"
allow "$MASTER_SG" --protocol tcp --port 6443 --source-group "$BASTION_SG"

NODES_SG=$(group k8s-nodes "Kubernetes Nodes")
allow "$NODES_SG" --protocol tcp --port 22 --source-group "$BASTION_SG"
allow "$MASTER_SG" --protocol tcp --port 6443 --source-group "$NODES_SG"
allow "$MASTER_SG" --protocol all --port 53 --source-group "$NODES_SG"
allow "$NODES_SG" --protocol tcp --port 10250 --source-group "$MASTER_SG"
allow "$NODES_SG" --protocol tcp --port 10255 --source-group "$MASTER_SG"
allow "$NODES_SG" --protocol all --port -1 --source-group "$NODES_SG"
printf '#!/bin/sh\nhostname\n' > "$KEY"
LAUNCH=k8s-node-1.10.3-t2-medium-001
aws autoscaling create-launch-configuration --launch-configuration-name "$LAUNCH" \
  --image-id "$IMAGE" --key-name eds_laptop --security-groups "$NODES_SG" \
  --user-data "file://$KEY" --instance-type t2.medium --iam-instance-profile K8sNode \
  --no-associate-public-ip-address
GROUP=hopper-t2-medium-nodes
aws autoscaling create-auto-scaling-group --auto-scaling-group-name "$GROUP" \
  --launch-configuration-name "$LAUNCH" --min-size 1 --max-size 1 \
  --vpc-zone-identifier "$PRIVATE_SUBNET" --tags \
  Key=Name,Value=hopper-k8s-node,PropagateAtLaunch=true \
  Key=kubernetes.io/cluster/hopper,Value=owned,PropagateAtLaunch=true \
  Key=k8s.io/cluster-autoscaler/enabled,Value=1,PropagateAtLaunch=true
workers() {
  id autoscaling describe-auto-scaling-groups --auto-scaling-group-names "$GROUP" \
    --query "AutoScalingGroups[0].Instances[?LifecycleState=='InService'].InstanceId"
}
tries=0
until WORKER=$(workers) && test -n "$WORKER" && test "$WORKER" != None; do
  tries=$((tries + 1))
  test $tries -lt 60
  sleep 0.2
done
echo "up: worker $WORKER"

# And back.
aws autoscaling delete-auto-scaling-group --auto-scaling-group-name "$GROUP" --force-delete
aws ec2 terminate-instances --instance-ids "$BASTION" "$BUILDER" "$MASTER"
aws ec2 wait instance-terminated --instance-ids "$BASTION" "$BUILDER" "$MASTER" "$WORKER"
until aws autoscaling delete-launch-configuration --launch-configuration-name "$LAUNCH"; do
  tries=$((tries + 1))
  test $tries -lt 60
  sleep 0.2
done
SNAPSHOT=$(id ec2 describe-images --image-ids "$IMAGE" \
  --query 'Images[0].BlockDeviceMappings[0].Ebs.SnapshotId')
aws ec2 deregister-image --image-id "$IMAGE"
aws ec2 delete-snapshot --snapshot-id "$SNAPSHOT"
unmake_role() {
  role=$1
  shift
  aws iam remove-role-from-instance-profile --instance-profile-name "$role" --role-name "$role"
  aws iam delete-instance-profile --instance-profile-name "$role"
  for policy in "$@"; do
    aws iam delete-role-policy --role-name "$role" --policy-name "$policy"
  done
  aws iam delete-role --role-name "$role"
}
unmake_role K8sMaster $MASTER_POLICIES
unmake_role K8sNode $NODE_POLICIES
for group in "$NODES_SG" "$MASTER_SG"; do
  rules=$(id ec2 describe-security-group-rules --filters Name=group-id,Values="$group" \
    --query 'SecurityGroupRules[?!IsEgress].SecurityGroupRuleId')
  aws ec2 revoke-security-group-ingress --group-id "$group" --security-group-rule-ids $rules
done
for group in "$NODES_SG" "$MASTER_SG" "$AMI_SG" "$BASTION_SG"; do
  aws ec2 delete-security-group --group-id "$group"
done
aws ec2 delete-route --route-table-id "$PRIVATE_TABLE" --destination-cidr-block 0.0.0.0/0
aws ec2 delete-nat-gateway --nat-gateway-id "$NAT"
aws ec2 wait nat-gateway-deleted --nat-gateway-ids "$NAT"
aws ec2 release-address --allocation-id "$ALLOCATION"
aws ec2 delete-route --route-table-id "$PUBLIC_TABLE" --destination-cidr-block 0.0.0.0/0
aws ec2 detach-internet-gateway --internet-gateway-id "$GATEWAY" --vpc-id "$VPC_ID"
aws ec2 delete-internet-gateway --internet-gateway-id "$GATEWAY"
aws ec2 disassociate-route-table --association-id "$ASSOCIATION"
aws ec2 delete-route-table --route-table-id "$PUBLIC_TABLE"
aws ec2 delete-subnet --subnet-id "$PRIVATE_SUBNET"
aws ec2 delete-subnet --subnet-id "$PUBLIC_SUBNET"
aws ec2 delete-key-pair --key-name eds_laptop
aws ec2 delete-vpc --vpc-id "$VPC_ID"
echo "down"
