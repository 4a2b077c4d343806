# Linli: every command a person needs. `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that is new enough; deploy/local/prepare.py explains what to do when there is none.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; \
  done; echo python3)
IN_VENV := .venv/bin/python
LOCAL := $(IN_VENV) -m linli_local
export PORT TLS DEMO DEMO_NOW PUBLIC_HOST

.PHONY: help prepare run status doctor psql replay rotate-keys clean-data test prove-guarantees bench lock

help:  ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

prepare:
	@$(PYTHON) deploy/local/prepare.py

run: prepare  ## set up and start everything; PORT=8080 TLS=1 DEMO=0 DEMO_NOW=2026-11-30T18:50; Ctrl-C stops
	@exec $(LOCAL) run

status: prepare  ## each process with port, pid, readiness, oldest outbox age and consumer lag
	@$(LOCAL) status

doctor:  ## what this machine lacks and how to get it
	@$(PYTHON) deploy/local/doctor.py

psql: prepare  ## open a database as one role: SERVICE=venue AS=app DIVISION=510104030006
	@exec $(LOCAL) psql --service "$(SERVICE)" --as "$(or $(AS),app)" --division "$(DIVISION)"

replay: prepare  ## apply a consumer group's parked events again: SERVICE=disclosure GROUP=linli.disclosure
	@$(LOCAL) replay --service "$(SERVICE)" --group "$(GROUP)"

rotate-keys: prepare  ## sign new tokens with a new key; the old one still verifies until they end
	@$(LOCAL) rotate-keys

clean-data: prepare  ## delete every database, event and secret of this machine; asks first (YES=1 does not)
	@$(LOCAL) clean-data $(if $(YES),--yes)

test:  ## ruff, then every test; TESTS="services/venue -k price" narrows
	@$(PYTHON) deploy/local/prepare.py --lock dev
	@.venv/bin/ruff check .
	@$(IN_VENV) -m pytest $(if $(TESTS),$(TESTS),-n 2 --dist loadfile --no-loadscope-reorder)

prove-guarantees:  ## apply each mutation of docs/guarantees.md to a scratch copy and demand a red test
	@$(PYTHON) deploy/local/prepare.py --lock dev
	@$(IN_VENV) -m tools.prove_guarantees

bench:  ## measure the platform; writes benchmarks/results/
	@$(PYTHON) deploy/local/prepare.py --lock dev
	@$(IN_VENV) -m benchmarks

lock:  ## pin what requirements/*.in name: exact versions and hashes, no addresses
	@$(PYTHON) deploy/local/prepare.py --lock dev
	@command -v uv >/dev/null || { echo "this needs uv on PATH: pip install uv"; exit 1; }
	@for lock in runtime local dev; do uv pip compile -q --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --universal requirements/$$lock.in -o requirements/$$lock.lock || exit 1; done
