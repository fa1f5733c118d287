# Two commands for a newcomer: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ifneq ($(wildcard ../shared/corpora),)
export DATAPREP_CORPORA ?= $(abspath ../shared/corpora)
endif

.PHONY: setup demo test test-real test-long check bench dist wheels ziglang clean help

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready  ## make .venv with everything that the demo and the tests need

$(VENV)/.ready: pyproject.toml constraints.txt hatch_build.py dataprep/scan/build.py $(wildcard dataprep/scan/source/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "dataprep needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 4; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,preference,qlora,openai,documents,excel,language,dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --only-binary :all: hyperscan || \
	  echo 'There is no wheel of hyperscan for this machine: check looks for its patterns by Polars.'
	@touch $@

demo: setup  ## the main road: samples -> training sets -> a trained T5 -> the OpenAI job, dry
	@$(BIN)/python samples/demo.py

test: setup  ## the tests, without servers
	@$(BIN)/python -m pytest -n 2 --durations=5

test-real: setup  ## the tests against real servers, which they install and start
	@$(BIN)/python -m pytest tests/real -m real -n 2 --dist loadfile --durations=20

test-long: setup  ## hostile sizes, many fault schedules, fuzzing; minutes each
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'atheris>=2.3' || \
	  echo "atheris cannot be had here: its fuzzing is skipped"
	@ls build/llama-cpp/*.tar.gz > /dev/null 2>&1 || $(BIN)/python -m pip download --quiet \
	  --no-deps --no-binary :all: --dest build/llama-cpp llama-cpp-python || \
	  echo "llama-cpp-python cannot be had here: its chat templates are skipped"
	@DATAPREP_LLAMA_CPP="$$(ls build/llama-cpp/*.tar.gz 2> /dev/null | tail -1)" \
	  $(BIN)/python -m pytest tests/long -m long -s

check: setup  ## ruff, format, mypy --strict, the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup  ## the tables of benchmarks/
	@$(BIN)/python benchmarks/run.py

dist: setup  ## wheel and sdist in dist/, checked and tried in a bare environment as a release is
	@rm -rf dist && $(PYTHON) .ci/release.py version
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check build twine
	@HATCH_BUILD_NO_HOOKS=true $(BIN)/python -m build && $(BIN)/python -m twine check --strict dist/*
	@$(BIN)/python .ci/release.py try dist/*.whl

wheels: ziglang dist  ## dist, and beside it a compiled wheel for each of Linux, macOS and Windows
	@$(BIN)/python .ci/wheels.py

ziglang: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling ziglang 2> /dev/null || \
	  { echo "ziglang, which compiles the wheels, cannot be had here: pip install ziglang"; exit 4; }

clean:  ## everything that can be made again
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis out runs dist
