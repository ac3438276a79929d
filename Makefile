# One verb for each job. `make demo` and `make test` set everything up by themselves, from Python alone.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PACKAGES := engine projections monitors replay console
SQL := projections/models projections/audits rules

.PHONY: demo test benchmark quick setup lint types imports sql yaml tests format locale docs lock clean

demo: $(READY)  ## a small city-month in a fresh home
	$(BIN)/esup demo

test: lint tests  ## everything that CI runs

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

lint: $(READY)  ## style, types, import direction, SQL, YAML
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar $(wildcard $(SQL))
	$(BIN)/yamllint --strict .

tests: $(READY)  ## every test, two files at a time
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

benchmark: $(READY)  ## every figure of docs/performance.md; takes hours, and goes on where it was stopped
	$(BIN)/python -m benchmarks --write

quick: $(READY)  ## the tests without the slow ones
	$(BIN)/pytest -m "not slow"

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --disable-progress-bar $(wildcard $(SQL))

locale: $(READY)  ## collect the console's messages, then compile their translation
	$(BIN)/python -m tests.console.locale_tool

docs: $(READY)  ## write the reference pages again: rules, tables, events
	$(BIN)/python -m console.reference

lock:  ## pin every dependency with its hashes (needs uv)
	uv pip compile pyproject.toml --group build --group benchmark --group test --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" -o requirements.lock

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
