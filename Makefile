# make run: the dashboard.  make test: everything.  See CONTRIBUTING.md for the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := app diagnostics tests benchmarks demo_data

.PHONY: run install install-test browser check format test test-fast test-engines test-vision messages docs demo clean

run: $(VENV)/.installed
	$(BIN)/run-clinic serve

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Run Clinic needs Python 3.11 or newer; set PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[models]"
	touch $@

install-test: $(VENV)/.installed-test

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@

browser: install-test
	$(BIN)/python -m tests.support.browser

check: install-test
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-test
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

test: check browser
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser"
	$(BIN)/python -m pytest -m browser

test-fast: install-test
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not browser and not postgres"

$(VENV)/.installed-engines: $(VENV)/.installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[engines]"
	touch $@

test-engines: $(VENV)/.installed-engines
	$(BIN)/python -m tests.support.java
	$(BIN)/python -m pytest -rs tests/engines/conformance.py

$(VENV)/.installed-vision: $(VENV)/.installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[vision]"
	touch $@

test-vision: $(VENV)/.installed-vision
	$(BIN)/python -m pytest -rs tests/explanations/images

messages: install-test
	$(BIN)/python -m app.locale.update

docs: install-test
	$(BIN)/python -m diagnostics.report.reference docs/reference

demo: install-test
	$(BIN)/python -m demo_data.make
	$(BIN)/python -m demo_data.make_models

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
