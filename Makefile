# Everything that a newcomer, a tester and the CI run. Needs Python 3.11 or later, make and git; nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
QUORATE_HOME ?= $(CURDIR)/var
PORT ?= 8000
export QUORATE_HOME PORT

V := .venv
BIN := $(V)/bin
PIP := $(BIN)/python -m pip install -q -q --disable-pip-version-check --no-input --require-hashes
#: Workers of the test run: the tests of the browser share one machine with the server they ask.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ $$n -gt 4 ] && echo 4 || echo $$n)

.PHONY: help setup demo test fuzz bench check docs messages lock clean
.DEFAULT_GOAL := help

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed (make PYTHON=/path/to/python3.11)" >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(V)

$(V)/.base: requirements/base.lock pyproject.toml | $(BIN)/python
	$(PIP) -r requirements/base.lock
	$(BIN)/python -m pip install -q -q --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(V)/.test: requirements/test.lock $(V)/.base
	$(PIP) -r requirements/test.lock
	@touch $@

$(V)/.bench: requirements/bench.lock $(V)/.test
	$(PIP) -r requirements/bench.lock
	@touch $@

# Counters of others, to measure ours beside: in an environment of their own, and the benchmark does without them.
$(V)/.oracles: requirements/oracles.lock | $(BIN)/python
	$(PYTHON) -m venv $(V)/oracles
	$(V)/oracles/bin/python -m pip install -q -q --disable-pip-version-check --no-input --require-hashes -r requirements/oracles.lock
	@touch $@

# The reader that the plain-text export of books is tried on (GPL): in an environment of its own; elsewhere its tests are skipped.
$(V)/.beancount: requirements/beancount.lock | $(BIN)/python
	$(PYTHON) -m venv $(V)/beancount
	$(V)/beancount/bin/python -m pip install -q -q --disable-pip-version-check --no-input --require-hashes -r requirements/beancount.lock
	@touch $@

# Compiled once here, so that no command pays for it where the interpreter may not write (PYTHONDONTWRITEBYTECODE).
setup: $(V)/.base ## Prepare .venv and the database; serve nothing
	@$(BIN)/python -m compileall -q src/quorate
	@$(BIN)/quorate setup

demo: setup ## Set up, fill in the example foundation and serve it at http://127.0.0.1:$PORT/
	@$(BIN)/quorate demo seed
	@$(BIN)/quorate demo links
	@exec $(BIN)/quorate up

test: $(V)/.test ## Run the tests (what is missing on this machine is skipped, with the reason)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

fuzz: $(V)/.test ## Let the property tests look for new examples (slow, and different each time)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m hypothesis --hypothesis-profile=fuzz

bench: $(V)/.bench ## Measure what the product claims, beside a baseline
	@$(MAKE) --no-print-directory $(V)/.oracles || echo "the counters of others are not here; their rows will say so" >&2
	$(BIN)/python -m benchmarks

check: ## All that CI does
	.ci/run

docs: $(V)/.base ## Write the reference pages and the API's snapshot anew from the code
	$(BIN)/quorate docs write

messages: $(V)/.test ## Gather what the product says and compile the languages (needs the gettext tools)
	$(BIN)/python manage.py messages
	$(BIN)/python -m tests.translations

lock: $(V)/.test ## Resolve the dependencies of pyproject.toml anew
	requirements/lock

clean: ## Remove .venv and caches; data stay
	rm -rf $(V) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
