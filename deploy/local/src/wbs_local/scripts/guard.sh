#!/usr/bin/env bash
# guard.sh LOCK COMMAND...: runs COMMAND in a pid namespace, one at a time for LOCK. However the guard or its parent ends,
# nothing stays behind: the kernel kills the guard with its parent, COMMAND with the guard, and the namespace with COMMAND.
# (Not by bwrap, whose /proc is masked: no sandbox inside could mount one of its own.)
lock=$1
shift
exec setpriv --pdeathsig KILL flock -n -E 3 --no-fork "$lock" \
  unshare --user --map-root-user --mount --pid --fork --mount-proc --kill-child=KILL -- "$@"
