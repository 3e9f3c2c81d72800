# Every command of the course. `make help` lists them; each makes what it needs first.
PYTHON ?=
VENV   ?= .venv

ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif
PY      := $(BIN)/python
LESSONS := $(if $(wildcard lessons/*.ipynb),lessons) \
           $(if $(wildcard book/reference/*.ipynb),book/reference)
NBVAL   := -p tests.lessons.nbval_plugin --nbval --nbval-current-env \
           --nbval-sanitize-with tests/lessons/sanitize.cfg
PYTEST  := $(PY) -m pytest
# JupyterLab wants to be told twice before it starts for root, as in a container.
AS_ROOT := $(if $(filter 0,$(shell id -u 2>/dev/null)),--allow-root)
# Extra words for pytest or for the lesson runner: make test ARGS="-k autograd"
ARGS    ?=

.DEFAULT_GOAL := help
.PHONY: help lab test lessons galleries gather scatter truth truth-record browser bench book lint \
        format clean clean-venv
.DELETE_ON_ERROR:

help: ## List the commands
	@echo "eduflow: build PyTorch, lesson by lesson"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1#\2/p' Makefile | awk -F'#' '{printf "%-20s %s\n", $$1, $$2}'

# One stamp per extra: nothing is installed twice until what it depends on changes.
$(VENV)/.ready-%: pyproject.toml constraints.txt tools/bootstrap.py
	@python=$$(sh tools/find-python.sh $(PYTHON)) && "$$python" tools/bootstrap.py $(VENV) $*

lab: $(VENV)/.ready-lab ## Open the course in JupyterLab
	$(PY) -m jupyterlab $(wildcard lessons/00_start_here.ipynb) --ServerApp.root_dir=. $(AS_ROOT) $(ARGS)

test: $(VENV)/.ready-test ## Test the library, the course and every lesson
	$(PYTEST) $(NBVAL) tests $(LESSONS) --ignore=tests/browser $(ARGS)

lessons: $(VENV)/.ready-test ## Run every lesson and store what it shows
	$(PY) eduflow/course/__main__.py lessons $(ARGS)

galleries: $(VENV)/.ready-test ## Run the galleries of the reference and store what they show
	$(PY) book/store.py $(ARGS)

gather: $(VENV)/.ready-test ## Carry the lessons' export cells into eduflow/
	$(PY) eduflow/course/__main__.py gather $(ARGS)

scatter: $(VENV)/.ready-test ## Carry edits of regions in eduflow/ back into the lessons
	$(PY) eduflow/course/__main__.py scatter $(ARGS)

truth: $(VENV)/.ready-test $(VENV)/.ready-truth ## Test against the real PyTorch (installs it)
	$(PYTEST) tests --ignore=tests/browser --truth $(ARGS)

truth-record: $(VENV)/.ready-test $(VENV)/.ready-truth ## Record PyTorch's answers for machines without it
	$(PYTEST) tests --ignore=tests/browser --record $(ARGS)

browser: $(VENV)/.ready-test $(VENV)/.ready-browser ## Run every lesson in JupyterLab in a real browser
	$(PYTEST) tests/browser $(ARGS)

bench: $(VENV)/.ready-test $(VENV)/.ready-truth ## Measure speed beside PyTorch
	$(PY) -m tests.bench $(ARGS)

book: $(VENV)/.ready-book ## Build the book into book/_build/html
	$(PY) -m sphinx -n -W --keep-going -q -b html book book/_build/html
	@echo "The book is at book/_build/html/index.html"

lint: $(VENV)/.ready-test ## Check style, types, spelling and that cells and regions agree
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy eduflow
	$(BIN)/codespell
	$(PY) eduflow/course/__main__.py gather --check

format: $(VENV)/.ready-test ## Let ruff format everything it can
	$(BIN)/ruff check --fix-only -q .
	$(BIN)/ruff format .

clean: ## Remove what the commands made, except the environment
	rm -rf book/_build book/lessons book/api book/reference/all.md .pytest_cache .ruff_cache .mypy_cache .hypothesis build *.egg-info
	find eduflow tests tools lessons book -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	find lessons book -name .ipynb_checkpoints -prune -exec rm -rf {} + 2>/dev/null || true

clean-venv: ## Remove the environment as well
	rm -rf $(VENV)
