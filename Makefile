# Every command that people and CI run. `make help` lists them.
SHELL := /bin/bash
PYTHON := .venv/bin/python
DEMO_ROOT ?= var/demo

.PHONY: help install demo reset test lint format generate lock bench bench-ktp fuzz faults backup restore protection

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

install: ## install everything that the other targets need (Debian packages by root or sudo)
	@bash deploy/local/install.sh

demo: install ## set up and start the whole system, send reports through it, stay up; ONCE=1 ends by itself
	@exec $(PYTHON) -m wbs_local demo --root $(DEMO_ROOT) $(if $(ONCE),--once) $(if $(FIRST_PORT),--first-port $(FIRST_PORT))

reset: ## forget the demo's system: its data, people and keys (not while it runs)
	@bash deploy/local/reset.sh $(DEMO_ROOT)

test: install ## check style and types, run every test, on real parts of its own, cleaned up afterwards
	@exec bash tests/run.sh

bench: install ## measure the line on a fresh system; tables and var/bench.json (some 10 minutes, best alone)
	@exec $(PYTHON) -m benchmarks

bench-ktp: install ## measure the check of KTP photos on some 400 drawn pictures; fails where a promise broke
	@exec $(PYTHON) -m benchmarks.ktp

faults: install ## break everything in turn while 1,000 reports come in, and bring back-ups back (an hour, best alone)
	@exec env WBS_FAULTS=long $(PYTHON) -m pytest -q -s tests/faults

backup: install ## back up the running demo into a new folder: make backup TO=FOLDER
	@[ -n "$(TO)" ] || { echo "Say where to: make backup TO=FOLDER" >&2; exit 2; }
	@exec $(PYTHON) -m wbs_local backup --root $(DEMO_ROOT) --to "$(TO)"

restore: install ## bring the stopped demo back: make restore FROM=FOLDER [ONLY=postgres|openbao|seaweedfs] [KAFKA_LOST=1]
	@[ -n "$(FROM)" ] || { echo "Say which: make restore FROM=FOLDER" >&2; exit 2; }
	@exec $(PYTHON) -m wbs_local restore --root $(DEMO_ROOT) --from "$(FROM)" $(if $(ONLY),--only $(ONLY)) \
	  $(if $(KAFKA_LOST),--kafka-lost)

fuzz: install ## look for what breaks the public API, uploads, letters and events, by chance: 10,000 calls and more
	@exec bash tests/fuzz/run.sh

protection: install ## try the walls with fifty reports: canaries in every file and in memory, times, forgery, stolen credentials
	@WBS_TEST_REPORTS=50 .venv/bin/pytest -q tests/protection

lint: install ## check style, types, layers, and that generated contracts are current
	@exec bash tests/lint.sh

format: install ## format the code
	.venv/bin/ruff check -q --fix-only .
	.venv/bin/ruff format -q .

generate: install ## write the generated contracts anew
	$(PYTHON) -m contracts.generate

lock: ## resolve the Python packages anew (versions and hashes only)
	.venv/bin/uv pip compile -q --upgrade --generate-hashes --no-annotate --no-header requirements/installer.in -o requirements/installer.lock
	.venv/bin/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --python-version 3.11 --no-emit-package wbs-contracts --no-emit-package wbs-chassis --no-emit-package wbs-client \
	  --group pyproject.toml:dev contracts/pyproject.toml chassis/pyproject.toml clients/python/pyproject.toml \
	  $(wildcard services/*/pyproject.toml) deploy/local/pyproject.toml deploy/kpk-sandbox/pyproject.toml -o requirements/all.lock
