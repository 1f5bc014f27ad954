# Every command of this repository; `make help` lists them.
PYTHON ?= python3
SETUP = $(PYTHON) tools/setup.py
PYTEST = python -m pytest
MANY = -n auto --maxprocesses 4
export PATH := $(CURDIR)/.venv/bin:$(PATH)
ifdef PORT
export TRUBKA_PORT := $(PORT)
endif
ifeq ($(shell command -v $(PYTHON)),)
$(error $(PYTHON) is not here. On Debian and Ubuntu: apt-get install python3 python3-venv, as root)
endif
.DEFAULT_GOAL := help
.NOTPARALLEL:

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

.PHONY: run
run: ## set up what is missing, then start trubka with a demo company (PORT=8080)
	@$(SETUP) run -- .venv/bin/trubka up --demo

.PHONY: ready
ready:
	@$(SETUP) test

.PHONY: quick
quick: lint typed ## before each commit, a minute: lint, types, the fast tests
	$(PYTEST) $(MANY) server/tests -m "not slow and not patient"

.PHONY: check
# What has run by its own name is not run again in `test`.
check: WITHOUT = $(patsubst %,--ignore=%,$(LAYOUT) $(DOCS) $(RULES))
check: lint typed layout docs rules test ## what CI runs: lint, types, layout, docs, rules, then all tests

.PHONY: full
full: check ## check, and what is slow: long fuzz, a real Asterisk 22 and 16, PostgreSQL 15
	TRUBKA_FUZZ_EXAMPLES=100 $(PYTEST) $(MANY) --hypothesis-profile long server/tests/rules server/tests/api
	$(PYTEST) $(MANY) server/tests -m slow
	@if [ -x /usr/lib/postgresql/15/bin/initdb ] || tools/debian postgresql-15 "the tests on PostgreSQL 15"; then \
		$(ON_15) C.UTF-8 -- $(PYTEST) $(MANY) server/tests -m "not slow and not patient" && \
		$(ON_15) C -- $(PYTEST) $(MANY) server/tests -m "not slow and not patient"; fi
ON_15 = python tools/postgres15.py

.PHONY: test
test: ready ## the tests of every part
	cd web && node_modules/.bin/vitest run
	@$(MAKE) --no-print-directory journeys
	$(PYTEST) $(MANY) server/tests -m "not slow" $(WITHOUT)

.PHONY: journeys
journeys: ready ## an agent's day in a real Chromium (left out where there is none)
	@if $(BROWSER) || tools/debian chromium "the journeys"; then $(JOURNEYS) day guide companies cards tables board inbox ring result settings pipelines hooks alerts; fi

.PHONY: screenshots
screenshots: ready ## a picture of every screen, both languages, light and dark, in screenshots/
	$(JOURNEYS) screens
BROWSER = command -v $${CHROMIUM:-chromium} >/dev/null || test -x /usr/bin/chromium-browser
JOURNEYS = cd web && node_modules/.bin/vitest run --config journeys/vitest.config.ts

.PHONY: layout
layout: ready ## what imports what, accounts in every statement
	$(PYTEST) $(LAYOUT)
LAYOUT = server/tests/test_layout.py

.PHONY: docs
docs: ready ## documents, settings, commands and locks agree
	$(PYTEST) $(DOCS)
DOCS = server/tests/test_docs.py server/tests/test_locks.py server/tests/test_types.py

.PHONY: rules
rules: ready ## every line of rules/ is exercised by the rules' own tests
	coverage run --data-file .setup/coverage --source server/trubka/rules -m pytest $(RULES)
	coverage report --data-file .setup/coverage --show-missing --skip-covered --fail-under 100
RULES = server/tests/rules

.PHONY: lint
lint: ready ## how the code is written
	ruff check --quiet server tools
	ruff format --check --quiet server tools
	cd web && node_modules/.bin/eslint . --max-warnings 0
	cd web && node_modules/.bin/prettier --check --log-level warn .

.PHONY: typed
typed: ready ## what the type checkers say
	cd server && ../web/node_modules/.bin/pyright --pythonpath ../.venv/bin/python
	cd web && node_modules/.bin/tsc --noEmit

.PHONY: bench
bench: ready ## measure against a bare server on the same SQL at 1,000,000 contacts (BENCH="--help" tells more)
	cd server && python -m bench $(BENCH)

.PHONY: pbx
pbx: ready ## play the scenarios on a real Asterisk and keep what it says (PBX="--version 22 direct" plays some)
	cd server && python -m tests.pbx.record $(PBX)

.PHONY: types
types: ready ## write the browser's types of the API and the facts from the server's
	python tools/browser_types.py

.PHONY: format
format: ready ## write the code the way lint wants it
	ruff check --fix-only --quiet server tools
	ruff format --quiet server tools
	cd web && node_modules/.bin/eslint . --fix --quiet
	cd web && node_modules/.bin/prettier --write --log-level warn .

.PHONY: lock
lock: ready ## pin what pyproject.toml and package.json name; UPGRADE=1 takes the newest
	cd server && uv pip compile $(LOCKING) --group web --group test -o requirements-test.txt pyproject.toml
	cd server && uv pip compile $(LOCKING) --group web -c requirements-test.txt -o requirements.txt pyproject.toml
	cd web && npm $(if $(UPGRADE),update,install) --package-lock-only --no-audit --no-fund
LOCKING = -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	$(if $(UPGRADE),--upgrade)
