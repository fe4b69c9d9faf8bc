# Two commands for a newcomer: `make demo` and `make test`. Each sets up all it needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test lint proof bench clean
demo: $(VENV)/.runtime
	$(BIN)/dolorimeter demo --out demo-out --force

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files 'src/*.py' | xargs $(BIN)/python -m numpydoc.hooks.validate_docstrings

proof: $(VENV)/.dev
	$(BIN)/python -m benchmarks.proof

bench: $(VENV)/.bench
	$(BIN)/python -m benchmarks

$(VENV)/.runtime: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -r requirements.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	$(PIP) install -r requirements-dev.txt
	touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.txt
	$(PIP) install -r requirements-bench.txt
	touch $@

clean:
	rm -rf $(VENV) demo-out
