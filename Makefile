# terrain_widgets: everything a person or a CI machine does starts here. `make` alone lists the targets.

PYTHON ?= python3
# Where pip finds torch, for example an index of CPU wheels; empty means wherever pip looks anyway.
TORCH_INDEX ?=
# More arguments for JupyterLab and for pytest.
LAB_ARGS ?=
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip --disable-pip-version-check install -q $(INSTALL_ARGS)
TORCH := $(shell grep '^torch==' constraints.txt)
# What js/package-lock.json names. Among it axe-core, which looks at the page as a screen reader would; MPL-2.0, so it is
# fetched for the tests and never goes into the wheel.
NODE_MODULES := js/node_modules/.package-lock.json
# The browser tests run on the ipykernel that pip picks and on the last of the 6.x series, whose comms behave otherwise.
KERNEL6 := build/kernel6
KERNEL6_SPEC := build/jupyter/kernels/ipykernel6/kernel.json
# JupyterLab refuses to start for root, which is who one is in a container.
ROOT_ARGS := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab install test quick test-environment lint formatting types layers javascript static pytest bench soak codec brook demo docs pictures doctor system-packages clean
help: ## list the targets
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

lab: install ## install into .venv and open the quickstart notebook in JupyterLab
	$(BIN)/python -m jupyterlab $(ROOT_ARGS) $(LAB_ARGS) notebooks/00_quickstart.ipynb

install: $(VENV)/.stamp-install ## install into .venv what playing needs

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "terrain_widgets needs Python 3.11 or later; say make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# torch by itself and first: pip then takes the build that is configured (a CPU wheel), not whatever a resolver prefers.
$(VENV)/.stamp-torch: constraints.txt | $(BIN)/python
	$(INSTALL) $(TORCH) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	@touch $@

$(VENV)/.stamp-install: pyproject.toml constraints.txt $(VENV)/.stamp-torch
	$(INSTALL) -c constraints.txt -e .
	@touch $@

# In one go: a second one would look at all that the first has installed again.
$(VENV)/.stamp-test: pyproject.toml constraints.txt $(VENV)/.stamp-torch
	$(INSTALL) -c constraints.txt -e '.[train,test]'
	@touch $(VENV)/.stamp-install $@

# A second Python that sees all of .venv, with an ipykernel of its own in front of it.
$(KERNEL6_SPEC): $(VENV)/.stamp-test tests/browser/install_kernel6.py
	$(BIN)/python tests/browser/install_kernel6.py $(KERNEL6) $@

$(NODE_MODULES): js/package.json js/package-lock.json
	@command -v npm >/dev/null || { echo "this needs npm: sudo apt-get install nodejs npm"; exit 1; }
	npm ci --no-fund --no-audit --prefix js
	@touch $@

system-packages:
	@tests/system-packages.sh

# Without npm the tests that want a package of its are skipped on a person's machine, and say so.
HAVE_NPM := $(or $(CI),$(shell command -v npm))
test-environment: system-packages $(VENV)/.stamp-test $(KERNEL6_SPEC) $(if $(HAVE_NPM),$(NODE_MODULES))

# With -k, so that one run tells everything that is wrong. The checks run two at a time, each on one processor; the tests
# come after them and want all processors for themselves.
CHECKS := lint formatting layers types javascript
# The system's packages and Python's come at the same time. Whether npm is there is asked when make starts: hence twice.
# Of what is installed a tenth is imported, so Python compiles that when it first is, and not pip everything.
test: ## install what the tests need and run every check and test
	$(MAKE) -j 2 system-packages $(VENV)/.stamp-test INSTALL_ARGS=--no-compile
	$(MAKE) -j 2 test-environment
	failed=0; $(MAKE) -k -j 2 --output-sync=target $(CHECKS) || failed=1; $(MAKE) pytest || failed=1; exit $$failed

# What a change most often breaks, without a browser, an engine or a codec. mypy looks only at what has changed since.
quick: $(VENV)/.stamp-test ## before a commit, in two minutes: style, types, layers, the JavaScript, and the tests of core
	$(MAKE) -k -j 2 --output-sync=target $(CHECKS)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto \
		-m "not slow and not real_time and not browser and not extra" tests/core tests/widgets/test_sheet.py

lint: $(VENV)/.stamp-test ## style: ruff
	$(BIN)/ruff check .

formatting: $(VENV)/.stamp-test ## formatting: ruff
	$(BIN)/ruff format --check .

types: $(VENV)/.stamp-test ## types: mypy
	$(BIN)/mypy

layers: $(VENV)/.stamp-test ## imports go one way: import-linter
	$(BIN)/lint-imports

# Without npm this is skipped on a person's machine, with the command that helps; where CI is set npm must be there.
javascript: $(if $(HAVE_NPM),$(NODE_MODULES)) ## the JavaScript: biome, tsc --checkJs, node --test, and that static/ is what it gives
	@$(if $(HAVE_NPM),:,echo "skipped the JavaScript: it needs npm (sudo apt-get install nodejs npm)")
	$(if $(HAVE_NPM),cd js && npm run -s lint && npm run -s types && npm test -s && npm run -s check-build)

static: $(NODE_MODULES) ## build terrain_widgets/widgets/static from js/src: after every change there
	cd js && npm run -s build

# One worker more than there are processors, as many tests wait for a page or for sound; one thread of numpy's and torch's
# libraries each: with as many threads as processors they wait for each other, a third longer in all.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# What is compiled is kept, whatever the environment says: the tests start hundreds of processes that import torch.
pytest: export PYTHONDONTWRITEBYTECODE :=
pytest: test-environment ## the tests alone, browser tests included
ifeq ($(PYTEST_ARGS),)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
		$(BIN)/python -m pytest -m "not extra" -n $(WORKERS) --dist loadgroup --durations=20
else
	$(BIN)/python -m pytest -m "not extra" $(PYTEST_ARGS)
endif

# Those that can be run: the others are their parts. With psutil and the tests' sound server, hence the tests' packages.
BENCHMARKS := $(sort $(patsubst benchmarks/%.py,%,$(shell grep -l '^if __name__' benchmarks/*.py)))
bench: system-packages $(VENV)/.stamp-test ## every figure that is published: each script in benchmarks/
	failed=0; for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || failed=1; done; \
		exit $$failed

MINUTES ?= 10
TAKES ?= 1000
soak: system-packages $(VENV)/.stamp-test ## both engines played at random, every sample inspected (MINUTES=10, TAKES=1000)
	$(BIN)/python -m tests.audio.soak --minutes $(MINUTES)
	$(BIN)/python -m pytest -m extra
	$(BIN)/python -m tests.golden.make --soak $(TAKES) --folder build/golden
	cd js && GOLDEN_TAKES=../build/golden node --test test/engine/golden.test.js

# Renders with FluidSynth and a soundfont, which render.py names. Killed and started again, it goes on where it was. What
# comes out is not installed: that is a decision. To see whether it works: make codec CODEC=build/try CODEC_SECONDS=3
# CODEC_MINUTES=0.2 CODEC_ARGS='--pitch-steps 20 --pitch-examples 200' CODEC_RENDER_ARGS=--trial
CODEC ?= build/pebble
CODEC_SECONDS ?= 40
CODEC_MINUTES ?= 113
CODEC_ARGS ?=
CODEC_RENDER_ARGS ?=
codec: $(VENV)/.stamp-test ## train the bundled codec from the start into build/pebble (about two hours)
	$(BIN)/python -m terrain_widgets.codecs.bundled.render --out $(CODEC)/data --seconds $(CODEC_SECONDS) $(CODEC_RENDER_ARGS)
	$(BIN)/python -m terrain_widgets.codecs.bundled.train_pebble --data $(CODEC)/data --out $(CODEC)/run \
		--minutes $(CODEC_MINUTES) $(CODEC_ARGS)

# As the codec above, and with espeak-ng besides; see terrain_widgets/codecs/own/weights/brook.md.
BROOK ?= build/brook
BROOK_MINUTES ?= 53
brook: $(VENV)/.stamp-test ## train the bundled codec for any sound into build/brook (an hour)
	test -e $(BROOK)/data || { $(BIN)/python -m terrain_widgets.codecs.bundled.anything --out $(BROOK)/part && \
		mv $(BROOK)/part $(BROOK)/data; }
	$(BIN)/terrain-widgets train-codec $(BROOK)/data --recipe stream --out $(BROOK)/brook.safetensors --licence MIT \
		--minutes $(BROOK_MINUTES) --set latents=64 --set capacity=2.0 --set augmentation=0.5 --set beta=3e-5 \
		--set lr=1e-3 --set warm_up=1 --set validate_steps=400 --set validation_share=0.04 --set patience=1 \
		--set stop_after=0 --set most_minutes=120

$(VENV)/.stamp-docs: $(VENV)/.stamp-install
	$(INSTALL) -c constraints.txt -e '.[docs]'
	@touch $@

docs: $(VENV)/.stamp-docs ## lessons, how-tos and the reference as pages into build/docs; a warning fails
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs

# They are what a test saw, so they cannot show what is not there.
pictures: test-environment ## the README's picture, taken again by a test
	$(BIN)/python -m pytest -q -m "not extra" tests/browser/test_look.py
	cp build/screenshots/studio-light-wide.png docs/studio.png

doctor: install ## what this machine has and lacks, and what to do
	$(BIN)/terrain-widgets doctor

demo: install ## render the demo without a browser into build/demo
	$(BIN)/terrain-widgets demo --out build/demo

clean: ## remove what the targets made, except .venv
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
