#!/bin/bash
# Makes this machine the first of a control plane. Reads the authority's certificate and key and
# kubeadm's configuration, each in base64 on a line, from its standard input.
set -euo pipefail
[ "$(id -u)" = 0 ] || exec sudo bash "$0"
umask 077
read -r certificate
read -r key
read -r config
echo '==> the authority'
if [ -e /etc/kubernetes/admin.conf ]; then
    if [ "$(cat /etc/kubernetes/pki/ca.crt)" = "$(base64 -d <<<"$certificate")" ]; then
        echo 'the machine is one of this control plane already'
        exit 0
    fi
    echo 'the machine is one of a control plane with another authority: replace it' >&2
    exit 1
fi
mkdir -p /etc/kubernetes/pki
base64 -d <<<"$certificate" >/etc/kubernetes/pki/ca.crt
base64 -d <<<"$key" >/etc/kubernetes/pki/ca.key
echo '==> kubeadm init'
base64 -d <<<"$config" >/etc/kubernetes/hopper-init.yaml
status=0
kubeadm init --config /etc/kubernetes/hopper-init.yaml --skip-token-print || status=$?
rm -f /etc/kubernetes/hopper-init.yaml
exit "$status"
