#!/usr/bin/env bash
# alone.sh ROOT SECRETS DATA COMMAND...: becomes COMMAND, as an ordinary user without capabilities, who sees below ROOT/secrets
# and ROOT/data only the folders SECRETS and DATA ("-" for none). Two namespaces: who is in the second can't undo the
# mounts of the first.
set -eu
if [ "${WBS_ALONE:-}" != inside ]; then
  WBS_ALONE=inside exec unshare --user --map-root-user --mount -- "$0" "$@"
fi
root=$1 secrets=$2 data=$3
shift 3
hide() { # keep only folder $2 below $1, by way of a mount point that is empty otherwise
  if [ "$2" = - ]; then
    mount -t tmpfs -o size=4k,mode=555 none "$1"
    return
  fi
  mount --bind "$1/$2" "$root/run/mount"
  mount -t tmpfs -o size=4k none "$1"
  mkdir "$1/$2"
  mount --bind "$root/run/mount" "$1/$2"
  umount "$root/run/mount"
}
hide "$root/secrets" "$secrets"
hide "$root/data" "$data"
unset WBS_ALONE
ulimit -c 0
exec unshare --user --map-user=1000 --map-group=1000 -- "$@"
