#!/usr/bin/env bash
# Runs every test. Systems that tests start live in a temporary folder and end with it.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d "${TMPDIR:-/tmp}/wbs-tests.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# tests/faults and tests/fuzz take long, and were not yet seen to their end: `make faults`, `make fuzz`.
.venv/bin/pytest --ignore tests/faults --ignore tests/fuzz --basetemp "$folder/pytest" --numprocesses "${WBS_TEST_PROCESSES:-2}" --dist loadfile "$@"
npm --prefix contracts/typescript test --silent
npm --prefix services/intake/portal test --silent
