#!/usr/bin/env bash
# quietly.sh PYTHON FILTER COMMAND...: becomes COMMAND, of whose log FILTER lets through what may be kept; it is told
# COMMAND's pid. Should the filter ever fail, another one takes its place: COMMAND would end with a pipe that nobody reads.
python=$1 filter=$2
shift 2
exec "$@" > >(trap '' TERM INT HUP; until "$python" -I -S "$filter" $$; do :; done) 2>&1
