# Needs python3 (3.11 or newer) and make. Windows: the same commands without make stand in README.md.
#
#   make demo    install into .venv, run a shipped scheme on its sample data, explain one result
#   make test    install the tools too, run every check: style, types, layers, tests
#   make bench   measure, and print the figures of docs/performance.md
#   make demo PYTHON=python3.12    with another Python

PYTHON ?= python3
BIN := .venv/bin
BENCHES = $(patsubst bench/%.py,%,$(shell grep -l "^def main" bench/*.py)) bulk

# exact versions, also of what builds the package: older pips read the first name for that, newer ones the second
export PIP_CONSTRAINT := constraints.txt
export PIP_BUILD_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test bench

demo: $(BIN)/installed
	@$(BIN)/kaoping demo

test: $(BIN)/tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n auto --dist loadgroup

bench: $(BIN)/tools
	@for each in $(BENCHES); do $(BIN)/python -m bench.$$each || exit 1; done

$(BIN)/installed: pyproject.toml constraints.txt
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(MAKE) -s environment
	@echo "installing kaoping into .venv (about a minute the first time)"
	@$(BIN)/python -m pip install -q -e .
	@touch $@

$(BIN)/tools: $(BIN)/installed
	@echo "installing the tools that check it"
	@$(BIN)/python -m pip install -q "pip>=25.1"
	@$(BIN)/python -m pip install -q -e . $(addprefix -e ,$(wildcard plugins/*)) --group dev
	@touch $@

.PHONY: environment
environment:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
	  echo "kaoping needs Python 3.11 or newer, and '$(PYTHON)' is not; name one that is: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { \
	  echo "this Python has no venv; on Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
