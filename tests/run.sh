#!/usr/bin/env bash
# Runs the linters and every test; with arguments for pytest, what they choose. Systems that tests start live in a
# temporary folder and end with it.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || bash tests/lint.sh
folder=$(mktemp -d "${TMPDIR:-/tmp}/wbs-tests.XXXXXX")
trap 'rm -rf "$folder"' EXIT
.venv/bin/pytest --basetemp "$folder/pytest" --numprocesses "${WBS_TEST_PROCESSES:-2}" --dist loadfile --durations 30 --durations-min 10 "$@"
npm --prefix contracts/typescript test --silent
npm --prefix services/intake/portal test --silent
