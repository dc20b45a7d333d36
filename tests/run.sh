#!/usr/bin/env bash
# Runs every test. Systems that tests start live in a temporary folder and end with it.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d "${TMPDIR:-/tmp}/wbs-tests.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# Not part of this yet, see docs/faults.md: what was not yet seen to pass as a whole. `make faults` and `make fuzz` run it.
apart=(--ignore tests/faults/test_reports_survive.py --ignore tests/fuzz/test_fuzz_events.py)
.venv/bin/pytest "${apart[@]}" --basetemp "$folder/pytest" --numprocesses "${WBS_TEST_PROCESSES:-2}" --dist loadfile "$@"
npm --prefix contracts/typescript test --silent
npm --prefix services/intake/portal test --silent
