#!/bin/bash
set -euo pipefail
[ "$(id -u)" = 0 ] || exec sudo bash "$0"
echo '==> modules'
printf 'overlay\nbr_netfilter\n' >/etc/modules-load.d/k8s.conf
modprobe br_netfilter
echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/99-k8s.conf
sysctl --system
echo '==> containerd'
curl -fsSLo c.tgz https://github.com/containerd/containerd/releases/download/v2.2.4/containerd-2.2.4-linux-amd64.tar.gz
tar -xzf c.tgz -C /usr/local
curl -fsSLo runc https://github.com/opencontainers/runc/releases/download/v1.3.5/runc.amd64
install -m 755 runc /usr/local/sbin/runc
mkdir -p /etc/containerd
containerd config default | sed 's/SystemdCgroup = false/SystemdCgroup = true/' >/etc/containerd/config.toml
curl -fsSLo /etc/systemd/system/containerd.service https://raw.githubusercontent.com/containerd/containerd/v2.2.4/containerd.service
systemctl enable --now containerd
echo '==> packages'
curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.36/deb/Release.key | gpg --dearmor -o /etc/apt/keyrings/k8s.gpg
echo 'deb [signed-by=/etc/apt/keyrings/k8s.gpg] https://pkgs.k8s.io/core:/stable:/v1.36/deb/ /' >/etc/apt/sources.list.d/k8s.list
apt-get update
apt-get install -y jq kubelet=1.36.3-1.1 kubeadm=1.36.3-1.1 kubectl=1.36.3-1.1
echo '==> credentials for ECR'
printf 'name: ecr-credential-provider\nmatchImages: ["*.dkr.ecr.*.amazonaws.com"]\n' >/etc/kubernetes/credential-provider.yaml
printf ELF >/usr/local/bin/ecr-credential-provider
chmod 755 /usr/local/bin/ecr-credential-provider
