#!/usr/bin/env bash
# after.sh NEED... -- COMMAND...: becomes COMMAND once each NEED holds (a TCP port, or a command line that must succeed).
while [ "$1" != -- ]; do
  case $1 in *[!0-9]*) try=$1 ;; *) try="exec 3<>/dev/tcp/127.0.0.1/$1" ;; esac
  until (eval "$try") >/dev/null 2>&1; do sleep 0.1; done
  shift
done
shift
exec "$@"
