#!/usr/bin/env bash
# Runs every test. Systems that tests start live in a temporary folder and end with it.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d "${TMPDIR:-/tmp}/wbs-tests.XXXXXX")
trap 'rm -rf "$folder"' EXIT
# Not part of this yet, see docs/protection.md and docs/faults.md: what takes long and was not yet seen to its end, and
# three searches that found what is still to be mended. `make faults`, `make fuzz`, `make protection` run them.
apart=(--ignore tests/faults --ignore tests/fuzz --ignore tests/protection/test_memory.py
  --deselect tests/protection/test_times.py::test_whoever_polls_metrics_and_log_learns_no_more_than_the_hour
  --deselect tests/protection/test_the_search.py::test_a_compressed_batch_is_searched)
.venv/bin/pytest "${apart[@]}" --basetemp "$folder/pytest" --numprocesses "${WBS_TEST_PROCESSES:-2}" --dist loadfile "$@"
npm --prefix contracts/typescript test --silent
npm --prefix services/intake/portal test --silent
