#!/usr/bin/env bash
# Looks for new examples of what breaks the public API, uploads, letters, signed texts and events; another seed each time.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d "${TMPDIR:-/tmp}/wbs-fuzz.XXXXXX")
trap 'rm -rf "$folder"' EXIT
WBS_FUZZ=1 .venv/bin/pytest --basetemp "$folder/pytest" --timeout 3600 --durations 10 -s \
  tests/fuzz contracts/tests/test_fuzz_contracts.py "$@"
