#!/bin/bash
# Runs /stub/script in the root that is given, in a mount namespace of its own: this machine's
# programs are there to be read, and nothing else of it.
set -euo pipefail
root=$1
umask 022
mount --rbind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr"
mount --bind "$root/../local" "$root/usr/local"
mount --bind /dev/null "$root/dev/null"
PATH=/stub/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec env -i "PATH=$PATH" HOME=/root LC_ALL=C "$(command -v chroot)" "$root" /bin/bash /stub/script
