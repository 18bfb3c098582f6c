# Every target sets up what it needs in $(VENV); nothing has to be there but Python, make and git.
#   make test PYTHON=python3.13 VENV=.venv-3.13      another Python, in an environment of its own
#   make test ARGS='tests/functional_nn -k relu'     a part of the tests

PYTHON ?= python3
VENV   ?= .venv
JOBS   ?= 2
ARGS   ?=

BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -qq
READY  := $(VENV)/.ready
BENCH  := $(VENV)/.ready-bench

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check format readme bench bench-proofreading bench-graphs clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

demo: $(READY) ## the main job on handwritten digits; writes a report
	@$(BIN)/handgrad demo $(ARGS)

test: $(READY) ## all tests
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup $(ARGS)

check: $(READY) ## format, lint, types, import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(READY) ## rewrite the sources as `make check` wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

readme: $(READY) ## run the documents' code and write what it prints into them
	@$(BIN)/python -m tests.test_readme

bench: $(BENCH) ## steps per second beside other engines (installs them first, PyTorch among them)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-proofreading: $(BENCH) ## the mutation study: what is caught, placed, named and mended, beside other checkers
	@$(BIN)/python -m benchmarks.proofreading $(ARGS)
	@$(BIN)/python -m benchmarks.proofreading.cost

bench-graphs: $(READY) ## 2,500 random graphs against autodiff, every node's partial
	@$(BIN)/python -m benchmarks.graphs $(ARGS)

clean: ## remove $(VENV) and what the tools left behind
	rm -rf $(VENV) build dist .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Tested versions. Python 3.11 has its own: the newest JAX needs 3.12.
pins = constraints/$(shell $(BIN)/python -c 'import sys; print("python3.11.txt" if sys.version_info < (3, 12) else "python3.13.txt")')

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "handgrad needs Python 3.11 or newer; $(PYTHON) is not. Try: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { \
	    echo "$(PYTHON) cannot make an environment: install its venv module (on Debian python3-venv)" >&2; exit 1; }

$(READY): pyproject.toml $(wildcard constraints/*.txt) | $(BIN)/python
	@echo "installing handgrad and its tools in $(VENV), versions from $(pins) (a minute or two, once)"
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(BIN)/python -m ensurepip >/dev/null
	@$(PIP) install -c $(pins) -e '.[dev]'
	@touch $@

$(BENCH): $(READY)
	@echo "installing the engines to compare with in $(VENV) (large, once)"
	@$(PIP) install -c $(pins) -e '.[bench]'
	@touch $@
