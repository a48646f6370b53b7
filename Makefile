# Throughline: every target sets up what it needs. `make help` lists them.
CONFIG ?= configs/sample.yaml
SET ?=
CORPUS_DIR ?=
TEXT ?=
FILE ?=

PYTHON := .venv/bin/python
ENVIRONMENT := .venv/.ready
export PYTHONPATH := $(CURDIR)
# Without byte code every process compiles some nine thousand modules again.
unexport PYTHONDONTWRITEBYTECODE
export CORPUS_DIR

.DEFAULT_GOAL := help
.PHONY: help setup run ui serve translate compare exposure attention lens bench test lint format clean model

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(ENVIRONMENT) ## make the environment (.venv) and nothing else

$(ENVIRONMENT): pyproject.toml uv.lock tools/setup
	@tools/setup

run: $(ENVIRONMENT) ## corpus in, served model out: CONFIG=configs/x.yaml SET="key=value …" CORPUS_DIR=folder
	@$(PYTHON) -m pipeline run --config "$(CONFIG)" --set "$(SET)"

ui: $(ENVIRONMENT) ## open the MLflow pages of all runs
	@$(PYTHON) -m pipeline ui

# A served model is what `serve` and `translate` need: made by `run` where there is none yet.
model: $(ENVIRONMENT)
	@$(PYTHON) -m pipeline model --config "$(CONFIG)" --quiet || $(MAKE) --no-print-directory run

serve: model ## serve the newest pushed model: CONFIG=…
	@exec $(PYTHON) -m serving.launch --model_name translator --model_base_path "$$($(PYTHON) -m pipeline model --config "$(CONFIG)")"

translate: model ## translate TEXT="…" or FILE=in.txt > out.txt
	@$(PYTHON) -m serving.translate --model_base_path "$$($(PYTHON) -m pipeline model --config "$(CONFIG)")" $(if $(FILE),--file "$(FILE)",--text "$(TEXT)")

compare: $(ENVIRONMENT) ## several models on one corpus, in one table
	@$(PYTHON) -m pipeline compare --config "$(CONFIG)" --set "$(SET)"

exposure: $(ENVIRONMENT) ## four training objectives, and how each bears its own mistakes
	@$(PYTHON) -m pipeline exposure --config "$(CONFIG)" --set "$(SET)"

attention: model ## draw what the model looks at for TEXT="…" into runs/attention.png
	@$(PYTHON) -m pipeline attention --config "$(CONFIG)" --text "$(TEXT)"

lens: $(ENVIRONMENT) ## how far gradients travel: the adding and copy problems over seven networks
	@$(PYTHON) -m pipeline lens $(OPTIONS)

# Every table of docs/performance.md; those that translate need CORPUS_DIR with Multi30k.
BENCHMARKS := recurrence training_speed lens decoding_speed bptt_memory input_pipeline ingest serving export_weights
bench: model ## print speed and memory against named peers: BENCHMARKS="recurrence …" OPTIONS=--quick
	@for name in $(BENCHMARKS); do \
	  echo; echo "$$name"; $(PYTHON) -m benchmarks.$$name $(OPTIONS) || exit 1; \
	done

test: $(ENVIRONMENT) ## run the tests
	@$(PYTHON) -m pytest

lint: $(ENVIRONMENT) ## check style
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check .

format: $(ENVIRONMENT) ## put the source into the project's style
	@$(PYTHON) -m ruff check --fix . ; $(PYTHON) -m ruff format .

clean: ## remove runs/: corpora, metadata, MLflow's store, served models
	@rm -rf runs
