# Two commands: `make lab` opens the lessons, `make test` runs everything that CI runs.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
LESSON ?= notebooks/m13/00_start_here.ipynb
PARITY ?= requirements-parity.txt
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help lab test build browser clean

help:
	@echo "make lab     install into $(VENV) if needed, then open JupyterLab on the first lesson"
	@echo "make test    install what the tests need, then run everything that CI runs"
	@echo "make build   write notebooks/ and solutions/ again from lessons/"
	@echo "make clean   remove $(VENV) and what tests leave behind"

lab: $(VENV)/.student
	$(BIN)/jupyter lab --config=localmodels/lab_config.py $(LAB_OPTIONS) $(LESSON)

test: $(VENV)/.tests browser
	$(BIN)/python -m tests

build: $(VENV)/.student
	$(BIN)/python -m autograder build

browser:
	@$(BIN)/python -m tests.chromium

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This course needs Python 3.11 or newer. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python could not make a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }

$(VENV)/.student: $(BIN)/python requirements.txt pyproject.toml
	@echo "Installing what the lessons need (a few minutes the first time) ..."
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.tests: $(VENV)/.student requirements-dev.txt $(PARITY)
	@echo "Installing what the tests need ..."
	@$(PIP) -r requirements-dev.txt
	@$(if $(PARITY),$(PIP) -r $(PARITY) -c requirements-dev.txt)
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache *.egg-info
