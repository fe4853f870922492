#!/bin/bash
# Stands in for the programs that only a machine has. Each writes down what it is asked, does what
# the script relies on, and refuses what the real one would.
set -euo pipefail
name=${0##*/}
printf '%s' "$name" >>/stub/calls
printf ' %q' "$@" >>/stub/calls
echo >>/stub/calls

refuse() {
    echo "$name: $*" >&2
    exit 100
}

# The value that follows an option.
after() {
    local option=$1
    shift
    while [ "$1" != "$option" ]; do shift; done
    echo "$2"
}

case "$name $*" in
'curl '*) exec /usr/bin/curl "$@" ;;
'systemctl enable '*) [ -s "/etc/systemd/system/$2" ] || refuse "unit file $2 does not exist" ;;
'containerd config default')
    printf '%s\n' 'version = 3' "[plugins.'io.containerd.cri.v1.runtime']" '  SystemdCgroup = false'
    ;;
'apt-get update')
    for list in /etc/apt/sources.list.d/*.list; do
        key=$(sed -n 's/^deb \[signed-by=\([^]]*\)\] https:.*/\1/p' "$list")
        [ -s "$key" ] || refuse "$list names no key"
        ! grep -q BEGIN "$key" || refuse "$key is not binary"
    done
    ;;
'apt-get install '*)
    for package; do
        case $package in
        containerd.io=*) mkdir -p /etc/containerd ;;
        kubelet=*) mkdir -p /etc/kubernetes/manifests ;;
        esac
    done
    ;;
'kubeadm init '* | 'kubeadm join '*)
    config=$(after --config "$@")
    cp "$config" "/stub/$1.yaml"
    stat -c %a "$config" >"/stub/$1.mode"
    [ ! -e /stub/fails ] || exit "$(cat /stub/fails)"
    [ "$1" = join ] || echo 'kind: Config' >/etc/kubernetes/admin.conf
    ;;
esac
