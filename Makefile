# The two commands: `make search` finds activations, `make test` checks the code.
PYTHON ?= python3.11
BIN := .venv/bin
# Every process that a test starts would compile our modules anew.
export PYTHONDONTWRITEBYTECODE =
RUN = runs/$(shell date +%Y%m%d-%H%M%S)-$@

.PHONY: install search test test-all test-fifth check bench bench-clrs bench-surrogate accelerator-kit lock

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || \
	  { echo "error: $(PYTHON) not found; install Python 3.11, or: make PYTHON=python3 install"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "error: no venv; on Debian: apt-get install python3.11-venv"; exit 1; }
	@echo "installing requirements.lock into .venv (a minute or two)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock || \
	  { echo "error: pip failed, see above; check the network, then type make install again"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Four named activations, then as many candidates as the budget allows; about
# six minutes on two cores, more than half of them for the verification.
FIRST := gelu,swish,hard_swish,gelusine
search: install
	@$(BIN)/python -m harness.search --workdir=$(RUN) --init=$(FIRST) \
	  --budget=20 --further_draws=0 --top=1 --fresh_seeds=1

test: install
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

test-all: install
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Another fifth of the slow tests each day; what takes over 15 minutes is cut off.
FIFTH = $(shell expr $$(date +%j) % 5)
test-fifth: install
	timeout 900 $(BIN)/python -m pytest --fifth=$(FIFTH) -n 2 --dist loadfile --no-loadscope-reorder || \
	  { test $$? = 124 && echo "test-fifth: cut off after 15 minutes"; }

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: install
	$(BIN)/python -m tests.bench

bench-clrs: install
	$(BIN)/python -m tests.bench.clrs_speed bfs insertion_sort
	$(BIN)/python -m tests.bench.clrs_jobs

bench-surrogate: install
	$(BIN)/python -m tests.bench.surrogate_speed

# A folder for a machine with an accelerator and no network, where in it
# `python3 -m tests.bench.accelerator --minutes=8 --out=DIR` measures everything.
accelerator-kit: install
	@$(BIN)/python -m tests.bench.accelerator.kit --to=accelerator-kit

# Pins every version anew, in a fresh environment. Local labels go: only some
# indexes have torch==2.13.0+cpu, all have torch==2.13.0.
lock:
	rm -rf .venv-lock
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet ".[llm,clrs,imagenet,molecules,report,surrogate,ray,dev]"
	.venv-lock/bin/pip freeze --all --exclude pip --exclude actmine | sed 's/+.*//' > requirements.lock
	rm -rf .venv-lock
