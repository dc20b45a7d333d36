#!/usr/bin/env bash
# reset.sh FOLDER: forgets the system in FOLDER, its data, people and keys; never while it runs, and no folder of another kind.
set -eu
root=$1
[ -e "$root" ] || exit 0
if [ ! -d "$root/secrets" ] || [ ! -d "$root/run" ]; then
  echo "$root is no system's folder. Nothing was deleted." >&2
  exit 1
fi
exec 9>>"$root/run/lock"
if ! flock -n 9; then
  echo "The system in $root runs. End it first (Ctrl-C where \`make demo\` runs). Nothing was deleted." >&2
  exit 1
fi
rm -rf "$root"
