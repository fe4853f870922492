#!/bin/bash
# Makes this machine one of a control plane, the first or a further one. Reads from its standard
# input `init` or `join`, and then, each in base64, on a line: the authority's certificate, its key,
# kubeadm's configuration; on further lines the paths and contents of other files that all machines
# of the control plane have in common; and `end`.
set -euo pipefail
[ "$(id -u)" = 0 ] || exec sudo bash "$0"
umask 077
pki=/etc/kubernetes/pki
read -r verb
read -r certificate
read -r key
read -r config
echo '==> the authority'
if [ -e /etc/kubernetes/admin.conf ]; then
    if [ "$(cat $pki/ca.crt)" = "$(base64 -d <<<"$certificate")" ]; then
        echo 'the machine is one of this control plane already'
        exit 0
    fi
    echo 'the machine is one of a control plane with another authority: replace it' >&2
    exit 1
fi
mkdir -p $pki/etcd
base64 -d <<<"$certificate" >$pki/ca.crt
base64 -d <<<"$key" >$pki/ca.key
path=
while read -r path content && [ "$path" != end ]; do
    base64 -d <<<"$content" >"$pki/$path"
done
if [ "$path" != end ]; then
    echo 'what this reads was cut off' >&2
    exit 1
fi
echo "==> kubeadm $verb"
base64 -d <<<"$config" >/etc/kubernetes/hopper-kubeadm.yaml
status=0
case "$verb" in
init) kubeadm init --config /etc/kubernetes/hopper-kubeadm.yaml --skip-token-print || status=$? ;;
*) kubeadm join --config /etc/kubernetes/hopper-kubeadm.yaml || status=$? ;;
esac
rm -f /etc/kubernetes/hopper-kubeadm.yaml
exit "$status"
