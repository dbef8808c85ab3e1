# A newcomer needs two of these: "make serve" and "make test". "make" alone tells what else there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
# One more than there are processors: most of a test is waiting.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
TESTS ?=
COVERAGE ?= 0
UV := uv==0.13.9

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
HASHED := install --require-hashes --no-build-isolation

.PHONY: help serve test sure format audit contract revision bench lock clean

help: ## show these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(VENV)/run-installed ## install what the service needs and serve a demo on 127.0.0.1:8080
	@export PROVISIONING_PLAIN_LOOPBACK="$${PROVISIONING_PLAIN_LOOPBACK:-yes}"
	exec $(BIN)/provisioning serve --demo

test: $(VENV)/dev-installed ## install what the tests need and run them (TESTS=path JOBS=2 for fewer)
	@mkdir -p .pytest_cache
	$(BIN)/coverage erase
	status=0
	$(BIN)/coverage run -m pytest -n $(JOBS) --dist loadfile $(TESTS) | tee .pytest_cache/output || status=$$?
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=$(COVERAGE) || status=$$?
	tail -n 1 .pytest_cache/output
	exit $$status

sure: $(VENV)/dev-installed ## the gate: format, lint, types, import contracts, contract, audit, tests, coverage
	@set -x
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/provisioning contract check
	$(MAKE) --no-print-directory audit
	$(MAKE) --no-print-directory test COVERAGE=95

format: $(VENV)/dev-installed ## bring the code into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

audit: $(VENV)/dev-installed ## ask for known vulnerabilities of the locked packages
	@$(BIN)/python requirements/audit.py requirements/run.txt requirements/fast.txt

contract: $(VENV)/run-installed ## write the published files of wsdl/ and schemas/ anew, and the golden envelopes
	@$(BIN)/provisioning contract render
	$(BIN)/python -m tests.rules.golden

revision: $(VENV)/dev-installed ## draft a migration after a change of the models (NAME=add_packages)
	$(BIN)/provisioning migrate --draft "$(NAME)"

bench: $(VENV)/dev-installed ## measure server CPU per request, beside other servers
	$(BIN)/python -m bench

lock: ## resolve requirements/*.in anew into the locked files with hashes
	@folder=$$(mktemp -d)
	trap 'rm -rf "$$folder"' EXIT
	$(PYTHON) -m venv "$$folder"
	"$$folder/bin/python" -m pip --disable-pip-version-check --quiet install $(UV)
	for name in build run fast dev; do
	  "$$folder/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	    "requirements/$$name.in" --output-file "requirements/$$name.txt"
	done

clean: ## remove what the commands above made, but not var/
	@rm -rf $(VENV) build dist ./*.egg-info .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.ONESHELL:

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; say which: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/run-installed: requirements/build.txt requirements/run.txt requirements/fast.txt setup.cfg pyproject.toml | $(VENV)/made
	@echo "Installing what the service needs into $(VENV) ..."
	$(PIP) $(HASHED) -r requirements/build.txt
	$(PIP) $(HASHED) -r requirements/run.txt
	$(PIP) $(HASHED) -r requirements/fast.txt 2>$(VENV)/fast.log || \
	  echo "No C compiler for gunicorn's fast HTTP parser ($(VENV)/fast.log): its own, slower one will serve."
	PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev-installed: requirements/dev.txt $(VENV)/run-installed
	@echo "Installing what the tests need into $(VENV) ..."
	$(PIP) $(HASHED) -r requirements/dev.txt
	touch $@
