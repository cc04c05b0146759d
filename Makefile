# Two commands for a new user: `make demo` and `make test`. Everything they need is set up in .venv
# from a hash-pinned lock file; uv is used where present because it is quicker, pip otherwise.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo app test check lint types imports lock bench proof docs clean

help:  ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(STAMP)  ## make .venv with all that the project needs

$(STAMP): requirements.lock pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" sh scripts/setup.sh
	@touch $@

demo: setup  ## the whole job on an invented England, without opening the app
	@$(BIN)/cohort demo --no-app

app: setup  ## open the app on what `make demo` made
	@$(BIN)/cohort app

test: setup  ## run the tests
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

proof: setup  ## the long proofs that `make test` leaves out
	@rm -f .proof; COHORT_PROOF_LOG=$(CURDIR)/.proof $(BIN)/python -m pytest -m slow $(PYTEST_ARGS)
	@$(BIN)/python -m tests.proving .proof

check: lint types imports  ## lint, types and the floors of the house

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	@$(BIN)/pyright

imports: setup
	@$(BIN)/lint-imports --no-cache

docs: setup  ## write the reference (a page a rule, every table and measure) into docs/reference
	@$(BIN)/cohort codebook -o docs/reference

bench: setup  ## the README's figures, each a ratio measured side by side
	@for b in benchmarks/bench_*.py; do echo "== $$b"; $(BIN)/python $$b; done

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra record --extra analysis --extra app --extra synthetic \
	  --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate --quiet -o requirements.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
