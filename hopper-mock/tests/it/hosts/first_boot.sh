#!/bin/bash
# Joins a cluster with what a parameter says that only the role of this instance may read.
set -euo pipefail
umask 077
imds=http://169.254.169.254/latest
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '==> %s\n' "$*"; }

metadata() {
  curl --silent --show-error --fail --retry 5 --header "@$work/session" "$imds/meta-data/$1"
}

# What is secret stands in files, never in arguments.
parameter() {
  jq --raw-output --arg region "$region" '
    "user = \"\(.AccessKeyId):\(.SecretAccessKey)\"",
    "header = \"x-amz-security-token: \(.Token)\"",
    "aws-sigv4 = \"aws:amz:\($region):ssm\""' "$work/credentials" > "$work/curl"
  cat >> "$work/curl" <<REQUEST
url = "https://ssm.$region.amazonaws.com/"
header = "X-Amz-Target: AmazonSSM.GetParameter"
header = "Content-Type: application/x-amz-json-1.1"
data = "{\"Name\": \"$name\", \"WithDecryption\": true}"
connect-timeout = 5
silent
show-error
fail-with-body
REQUEST
  curl --config - < "$work/curl" > "$work/answer"
}

command -v jq > /dev/null || apt-get install -y jq > /dev/null

say "session with the metadata service"
printf 'X-aws-ec2-metadata-token: %s' "$(curl -fsS -X PUT \
  -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$imds/api/token")" > "$work/session"
region=$(metadata placement/region)
node=$(metadata local-hostname)
hostnamectl set-hostname "$node"

say "credentials of the role"
role=$(metadata iam/security-credentials/)
metadata "iam/security-credentials/$role" > "$work/credentials"

say "parameter $name"
deadline=$((SECONDS + 60))
until parameter; do
  if [ -s "$work/answer" ]; then
    jq -r '"\(.__type): \(.message)"' "$work/answer" >&2
  fi
  if [ "$SECONDS" -ge "$deadline" ]; then
    say "no parameter within a minute"
    exit 1
  fi
  sleep 10
done

say "configuration of kubeadm"
jq -er '.Parameter.Value | fromjson' "$work/answer" > "$work/join"
cat > "$work/join.yaml" <<CONFIG
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: $(jq -er .endpoint "$work/join")
    token: $(jq -er .token "$work/join")
    caCertHashes: [$(jq -er .caCertHash "$work/join")]
nodeRegistration:
  name: $node
CONFIG
install -m 0600 "$work/join.yaml" /etc/kubernetes/join.yaml

say "kubeadm join"
status=0
kubeadm join --config /etc/kubernetes/join.yaml || status=$?
rm -f /etc/kubernetes/join.yaml
exit "$status"
