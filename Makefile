# Everything a newcomer and a maintainer type. The environment is made once and reused.

VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help demo picture test test-all test-pythons install-size lint house real startup fuzz crash bench bench-units bench-accuracy bench-invented bench-reading bench-suggest bench-selective bench-stance bench-statistics bench-agreement bench-report bench-growth bench-training wheel lock licences docs reference guide clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --editable . --group dev
	touch $@

demo: $(READY) ## Run the invented demo study and print where its report is
	$(BIN)/nptlens demo build/demo

picture: demo ## docs/report.png, the demo's report as the README shows it (needs Chromium)
	mkdir -p docs
	chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --hide-scrollbars \
		--user-data-dir="$$(mktemp -d)" --window-size=1280,1560 --screenshot=docs/report.png "file://$(CURDIR)/build/demo/results/report.html"

test: $(READY) lint ## Linters and tests
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

test-all: $(READY) lint ## Slow checks too
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal --hypothesis-profile=all -m "slow or not slow"

test-pythons: ## The quick tests on each of Python 3.11, 3.12 and 3.13 that is at hand, without PyTorch and BERTopic (fetches libraries)
	$(PYTHON) -m tools.pythons

install-size: ## Seconds and size of the full and of the light installation, each in a clean environment (fetches libraries)
	$(PYTHON) -m tools.install_size

lint: $(READY)
	$(BIN)/ruff check pipeline tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

house: $(READY) ## Modules, imports and the files to open for a change, counted (BESIDE=another checkout prints it beside)
	$(BIN)/python -m tools.house $(if $(BESIDE),--beside $(BESIDE))

real: $(READY) ## Studies from real human-coded data (needs ../shared/data)
	$(BIN)/python -m benchmarks.real

bench: $(READY) ## Speed beside sentence-transformers, BERTopic and the machine's limit (needs ../shared/data)
	$(BIN)/python -m benchmarks.speed

bench-selective: $(READY) ## Is the precision that selective coding promises kept? (needs ../shared/data)
	$(BIN)/python -m benchmarks.selective

startup: $(READY) ## How long the help takes to appear
	$(BIN)/python -m benchmarks.startup

fuzz: $(READY) ## Damaged and hostile files: read or refused, quickly, in little memory
	$(BIN)/python -m benchmarks.fuzz

crash: $(READY) ## Kills, failing disks, flipped bits and runs at once: nothing may differ, nothing may be wrong in silence (two hours)
	$(BIN)/python -m benchmarks.crash

bench-units: $(READY) ## Which length of units codes best, on real coded interviews (needs ../shared/data)
	$(BIN)/python -m benchmarks.units

bench-accuracy: $(READY) ## The coder beside what a user would pick instead, on real coded data
	$(BIN)/python -m benchmarks.accuracy

bench-invented: $(READY) ## The demo study by level, and the minimal pairs (invented data)
	$(BIN)/python -m benchmarks.invented

bench-reading: $(READY) ## MB/s per format, and memory for folders of 1, 10 and 100 MB
	$(BIN)/python -m benchmarks.reading

bench-suggest: $(READY) ## Does labelling suggested excerpts help more than random ones (needs ../shared/data)
	$(BIN)/python -m benchmarks.suggest

bench-stance: $(READY) ## How often the machine's stance is a coder's, on held-out demo transcripts (invented data)
	$(BIN)/python -m benchmarks.stance

bench-statistics: $(READY) ## Coefficients against independent oracles, coverage of intervals, speed
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.statistics

bench-agreement: $(READY) ## Two people, and the machine with each of them, on real double-coded data (needs ../shared/data)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.agreement

bench-report: $(READY) ## Reports of 1,000, 10,000 and 100,000 segments: seconds, memory, size (invented data)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.report

bench-growth: $(READY) ## Every stage after embedding and topics, from 1,000 to 1,000,000 segments: seconds, memory, exponents (synthetic data)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.growth

bench-training: $(READY) ## Training on 800 to 20,000 seeds and 25 to 500 codes: seconds, memory, decisions (synthetic data)
	$(BIN)/python -m benchmarks.training_growth

wheel: $(READY) ## Build the wheel
	$(BIN)/python -m build --wheel --outdir dist

lock: ## requirements.lock and requirements-light.lock again, from pyproject.toml and constraints.txt (fetches uv, and digests from the package index)
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.9"
	build/lock/bin/python -m tools.lock

licences: $(READY) ## docs/licences.md again: every library's licence; fails on GPL, AGPL and unknown ones
	$(BIN)/python -m tools.licences

docs: $(READY) ## The guide as a site in build/docs; a broken link or a stale reference page fails
	$(BIN)/python -m tools.reference --check
	$(BIN)/python -m properdocs build --strict
	@echo build/docs/index.html

reference: $(READY) ## docs/reference again: commands, settings, findings, from the code
	$(BIN)/python -m tools.reference

guide: $(READY) ## Run the commands of the guide and write what they print into docs/ (look at the change)
	$(BIN)/python -m tools.guide --write

clean: ## Remove what was made (not the environment)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
