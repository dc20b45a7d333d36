#!/usr/bin/env bash
# guard.sh LOCK COMMAND...: runs COMMAND in a pid namespace, one at a time for LOCK. However the guard or its parent ends,
# nothing stays behind: the kernel kills the guard with its parent, COMMAND with the guard, and the namespace with COMMAND.
# (Not by bwrap, whose /proc is masked: no sandbox inside could mount one of its own.)
lock=$1
shift
# The namespace's first process is a bash that waits: it takes away what is left to it. bwrap ends a moment before the
# first process of each of its sandboxes; a supervisor that had to take these away would log each as a stranger.
exec setpriv --pdeathsig KILL flock -n -E 3 --no-fork "$lock" \
  unshare --user --map-root-user --mount --pid --fork --mount-proc --kill-child=KILL -- bash -c '"$@"; exit $?' first "$@"
