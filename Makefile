PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5000

BIN := .venv/bin
# Twice quiet: errors only; pip otherwise warns about each mirror that lacks a package.
PIP := $(BIN)/pip -qq install --require-hashes --only-binary :all:
NPM := $(BIN)/npm --prefix tests/browser --loglevel error --ignore-scripts --no-audit --no-fund
PYTEST := $(BIN)/python -m pytest
FLASK := $(BIN)/flask --app wsgi

# Empty files inside the environment say which lock it holds; deleting .venv deletes them too.
RUN := .venv/installed-run
DEV := .venv/installed-dev
# npm writes this file itself when it has installed everything.
NODE_MODULES := tests/browser/node_modules/.package-lock.json

CATALOGS := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))
# No header: its date would change the file at every run. No locations: they would change with every moved line.
EXTRACT = $(BIN)/pybabel --quiet extract --mapping-file translations/babel.cfg --omit-header --no-location --sort-output \
	--no-wrap --add-comments Translators: --keyword _l --keyword lazy_gettext --keyword lazy_ngettext:1,2 --keyword lazy_pgettext:1c,2
UPDATE = $(BIN)/pybabel --quiet update --input-file translations/messages.pot --output-dir translations --no-fuzzy-matching \
	--ignore-obsolete --ignore-pot-creation-date --no-wrap
# Wheels only, so that installing compiles nothing and the hashes cover all that runs.
COMPILE := $(BIN)/uv --quiet pip compile --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
# Three that take about as long, so that two cores are busy to the end.
PARTS := sqlite browsers postgres
DRILLS := server database power double disk month

.PHONY: help install run test $(PARTS:%=test-%) test-slow bench bench-large bench-slow drill $(DRILLS:%=drill-%) year lint lock \
	translations

help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

install: $(RUN) $(CATALOGS) ## what serving needs: the environment and the translations

run: install ## serve the demo on 127.0.0.1:5000 (PORT=… for another)
	@$(FLASK) db-migrate
	@$(FLASK) demo
	@exec $(BIN)/granian --interface wsgi wsgi:app --no-ws --blocking-threads 4 --host $(HOST) --port $(PORT)

test: $(DEV) $(CATALOGS) $(NODE_MODULES) ## all tests but the slow ones: on SQLite, in browsers, and on Postgres what hangs on the engine
	@echo "Testing on SQLite, in browsers and on Postgres, side by side; each reports when it is done."
	@$(MAKE) --no-print-directory --keep-going --jobs=3 --output-sync=target $(PARTS:%=test-%)

test-sqlite: CHOSEN := --ignore=tests/browser
test-browsers: CHOSEN := tests/browser
test-postgres: CHOSEN := --engine=postgres
$(PARTS:%=test-%): test-%: $(DEV) $(CATALOGS) $(NODE_MODULES)
	@echo "== $* =="
	@$(PYTEST) $(CHOSEN) -o cache_dir=.pytest_cache/$* $(ARGS)

test-slow: $(DEV) $(CATALOGS) $(NODE_MODULES) ## the tests that take minutes each, on both engines
	@$(PYTEST) --engine=sqlite -m slow -o faulthandler_timeout=3600 $(ARGS)
	@$(PYTEST) --engine=postgres -m slow -o faulthandler_timeout=3600 $(ARGS)

bench: $(DEV) $(CATALOGS) ## speed and size of every page, of imports, bills and payments
	@$(BIN)/python -m tests.benchmarks

bench-large: $(DEV) $(CATALOGS) ## billing three million families against three hundred thousand
	@$(BIN)/python -m tests.benchmarks --large

bench-slow: $(DEV) $(CATALOGS) ## pages and journeys on a 2G line, as root: seconds and bytes
	@$(BIN)/python -m tests.benchmarks.slow

drill: $(DEV) $(CATALOGS) ## what must survive: every drill in its full size (ARGS=--small for the short forms)
	@$(BIN)/python -m tests.drills all $(ARGS)

year: $(DEV) $(CATALOGS) ## a year of one family, replayed by real processes; every amount with its reason
	@$(BIN)/python -m tests.year $(ARGS)

# Each drill alone.
$(DRILLS:%=drill-%): drill-%: $(DEV) $(CATALOGS)
	@$(BIN)/python -m tests.drills $* $(ARGS)

lint: $(DEV) ## style, dependencies, translations
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/pip --disable-pip-version-check check
	@$(EXTRACT) --output-file .venv/messages.pot .
	@diff -u translations/messages.pot .venv/messages.pot && $(UPDATE) --check 2>.venv/update.log \
		|| { echo "The texts have changed: run make translations."; exit 1; }

translations: $(DEV) ## collect the texts and hand them to every language
	@$(EXTRACT) --output-file translations/messages.pot .
	@$(UPDATE)

lock: $(DEV) ## write the locks anew from pyproject.toml (UPGRADE=1 takes the newest of everything)
	@$(COMPILE) --output-file requirements.txt pyproject.toml
	@$(COMPILE) --constraints requirements.txt --group dev --output-file requirements-dev.txt pyproject.toml
	@$(NPM) $(if $(UPGRADE),update,install) --package-lock-only --omit-lockfile-registry-resolved

%.mo: %.po | $(RUN)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
	@test -f $@ || { echo "$< was not compiled: is its header marked fuzzy?"; exit 1; }

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "JKN Ringan needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv .venv

$(RUN): requirements.txt | $(BIN)/python
	@$(PIP) --requirement $<
	@touch $@

$(DEV): requirements-dev.txt | $(BIN)/python
	@$(PIP) --requirement $<
	@touch $@

$(NODE_MODULES): tests/browser/package-lock.json $(DEV)
	@$(NPM) ci
	@touch $@
