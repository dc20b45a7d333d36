#!/usr/bin/env bash
# Checks style, types, layers, and that what is generated is current.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy contracts/src chassis/src clients/python/src deploy/local/src deploy/kpk-sandbox/src services/*/src benchmarks
# Tests find each other by their names alone, as pytest lets them; only of conftest.py there are several.
mapfile -t tests < <(git ls-files --cached --others --exclude-standard '*tests/*.py' | grep -v '/conftest\.py$')
MYPYPATH=$(printf '%s\n' "${tests[@]%/*}" | sort -u | paste -sd:) \
  .venv/bin/mypy --config-file tests/mypy.ini "${tests[@]}"
.venv/bin/lint-imports
.venv/bin/python -m contracts.generate --check
npm --prefix contracts/typescript run --silent check
npm --prefix services/intake/portal run --silent check
