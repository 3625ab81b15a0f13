# Every recipe sets up what it needs in $(VENV); a fresh machine needs Python 3.11 or later, and make.
# Packages are pinned by constraints.txt. A stamp says that an extra is installed; it is older than pyproject.toml or
# constraints.txt when they change, and then the extra is installed again.

VENV ?= .venv
PYTHON ?= $(firstword $(shell command -v python3.11 python3.12 python3.13 python3))
BIN := $(VENV)/bin
PINS := pyproject.toml constraints.txt
# More arguments for pytest: make test PYTEST="tests/planning -x"
PYTEST ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs notebooks chaos claude browser clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.estate ## plan and run a question on a synthetic sample, offline, and write the report
	$(BIN)/estate demo

# tests/security listens to the interpreter's audit events, which it must not do while coverage traces threads.
test: $(VENV)/.dev ## run the tests and the examples in docstrings, and report coverage
ifeq ($(strip $(PYTEST)),)
	$(BIN)/python -m pytest -n 2 tests/security
endif
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered $(if $(strip $(PYTEST)),$(PYTEST),--ignore=tests/security)

check: $(VENV)/.dev ## lint, formatting, types, and which layer imports which
	@failed=; for tool in "ruff check ." "ruff format --check ." mypy lint-imports; do \
		echo "== $$tool"; $(BIN)/$$tool || failed="$$failed [$$tool]"; \
	done; test -z "$$failed" || { echo "check: not passed:$$failed" >&2; exit 1; }

bench: $(VENV)/.dev ## run every benchmark; each prints a table and writes JSON
	@for script in benchmarks/[!_]*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

docs: $(VENV)/.dev ## make the documents a site, in site/; a link within them that leads nowhere fails
	$(BIN)/python -m sphinx -q -W --keep-going -c docs/.site -b html . site
	@echo "docs: open site/docs/index.html"

notebooks: $(VENV)/.dev ## run every notebook from top to bottom
	$(BIN)/python -m pytest tests/test_notebooks.py $(PYTEST)

chaos: $(VENV)/.dev ## kill running plans at random moments and look at what is left
	$(BIN)/python -m pytest tests/crash $(PYTEST)
	$(BIN)/python -m tests.crash.kill_many 200
	$(BIN)/python -m tests.crash.kill_many 100 --engine postgresql
	$(BIN)/python -m tests.crash.kill_many 50 --engine postgresql --restart --seed 1000

claude: $(VENV)/.dev ## run all seven analyses on made-up data with the real service (needs ANTHROPIC_API_KEY, uses tokens)
	$(BIN)/python -m tests.analysis.claude.real

browser: $(VENV)/.dev ## drive the application in a real browser (needs Chromium)
	@.ci/setup "$(PYTHON)" $(VENV) browser
	$(BIN)/python -m pytest -m browser tests/browser $(PYTEST)

clean: ## remove what these recipes made, the environment included
	rm -rf $(VENV) .demo .coverage .coverage.* htmlcov .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis site build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What develops holds what runs, so a dev environment also serves the demo.
$(VENV)/.estate: $(PINS)
	@if [ $(VENV)/.dev -nt pyproject.toml ] && [ $(VENV)/.dev -nt constraints.txt ]; then touch $@; \
	else .ci/setup "$(PYTHON)" $(VENV) estate && touch $@; fi

$(VENV)/.dev: $(PINS)
	@.ci/setup "$(PYTHON)" $(VENV) dev && touch $@
