# make chat: install, index the sample collection, open the chat.  make test: install, pass the tests.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 7860

.PHONY: chat test fast lint install dev clean
.DEFAULT_GOAL := chat

chat: install
	$(BIN)/byline chat --port $(PORT)

test: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

# Everything but the real browser and the real models.
fast: dev
	$(BIN)/python -m pytest -m "not slow"

install: .venv/installed
dev: .venv/installed-dev

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Byline needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(VENV_PACKAGE) || \
	  { echo "Python cannot make environments; on Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

# Debian and Ubuntu keep this part of Python in a package of its own.
VENV_PACKAGE = { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; }

# constraints.txt names the torch release that has been tested.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check \
  --constraint constraints.txt

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Byline into .venv, some minutes the first time."
	@$(PIP_INSTALL) --editable .
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing Byline and what its tests need into .venv, some minutes the first time."
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ .venv/installed

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
