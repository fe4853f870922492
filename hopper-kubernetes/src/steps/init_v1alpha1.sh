#!/bin/bash
# Makes this machine the master of a cluster, as one did in 2018. Reads how many pods fit on it, and
# kubeadm's configuration in base64, each on a line, from its standard input.
set -euo pipefail
[ "$(id -u)" = 0 ] || exec sudo bash "$0"
umask 077
read -r max_pods
read -r config

echo '==> the name of the host'
hostnamectl set-hostname "$(curl -fsS --retry 5 http://169.254.169.254/latest/meta-data/hostname)"
hostnamectl status

echo '==> kubelet'
address=$(curl -fsS --retry 5 http://169.254.169.254/latest/meta-data/local-ipv4)
printf '[Service]\nEnvironment="KUBELET_EXTRA_ARGS=--cloud-provider=aws --node-ip=%s --max-pods=%s"\n' "$address" "$max_pods" >/etc/systemd/system/kubelet.service.d/20-aws.conf
systemctl daemon-reload
systemctl restart kubelet

echo '==> kubeadm init'
if [ ! -e /etc/kubernetes/admin.conf ]; then
    base64 -d <<<"$config" >/etc/kubernetes/hopper-init.yaml
    status=0
    kubeadm init --config /etc/kubernetes/hopper-init.yaml --skip-token-print || status=$?
    rm -f /etc/kubernetes/hopper-init.yaml
    [ "$status" = 0 ] || exit "$status"
fi

echo '==> kubeconfig'
install -d -m 0700 -o ubuntu -g ubuntu /home/ubuntu/.kube
install -m 0600 -o ubuntu -g ubuntu /etc/kubernetes/admin.conf /home/ubuntu/.kube/config
