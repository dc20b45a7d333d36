#!/usr/bin/env bash
# guard.sh LOCK COMMAND...: runs COMMAND in a pid namespace, one at a time for LOCK. However the guard or its parent ends,
# nothing stays behind: with the namespace's first process the kernel ends all the others.
trap '' INT   # else Ctrl-C would end bwrap first, and everything at once by SIGKILL
lock=$1
shift
exec flock -n -E 3 "$lock" bwrap --dev-bind / / --unshare-pid --proc /proc --die-with-parent env --default-signal=INT "$@"
