# One verb a command. `make demo` and `make test` need only Python 3.11+, make and a C++ compiler.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The embedded server is compiled here. GCC 12 miscompiles llama.cpp's AMX kernels, so they are left out.
export CMAKE_ARGS ?= -DCMAKE_C_FLAGS=-U__AMX_INT8__ -DCMAKE_CXX_FLAGS=-U__AMX_INT8__

.PHONY: install install-test demo serve test test-model test-slow bench quality check api clean

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	# Not from pip's cache: a build made without the flags above may lie there.
	$(BIN)/python -m pip install --no-cache-dir --constraint constraints.txt 'llama-cpp-python[server]'
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[cpu,service]'
	touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

install: $(VENV)/installed

install-test: $(VENV)/installed-test

demo: install
	$(BIN)/longreader model pull
	$(BIN)/python examples/demo.py

# The REST service on this machine's loopback address.
serve: install
	$(BIN)/longreader model pull
	$(BIN)/longreader serve $(ARGS)

test: install-test
	$(BIN)/python -m pytest $(ARGS)

test-model: install install-test
	$(BIN)/longreader model pull
	$(BIN)/python -m pytest -m model $(ARGS)

test-slow: install-test
	$(BIN)/python -m pytest -m slow $(ARGS)

# Speed and memory, with the other programs of the machine at rest. ARGS=--full, --model or --profile.
bench: install
	$(BIN)/longreader model pull
	$(BIN)/python benchmarks/speed.py $(ARGS)

# Answers compared with those of other ways, on DATA: folders of question sets, or the example. Goes on where it stopped.
DATA ?= example
quality: install
	$(if $(LONGREADER_MODEL__URL),,$(BIN)/longreader model pull)
	$(BIN)/python -m benchmarks.quality $(DATA) $(if $(MODES),--ways $(MODES)) $(if $(LIMIT),--limit $(LIMIT)) $(ARGS)

# import-linter and the type checker follow imports only in the strict editable form.
check: install-test
	$(BIN)/python -m pip install --quiet --no-deps --editable . --config-settings editable_mode=strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

# The page of the library, from its docstrings.
api: install-test
	$(BIN)/python docs/make_api.py

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .import_linter_cache
