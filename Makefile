# Every command of the course. `make help` lists them; each makes what it needs first.
PYTHON ?=
VENV   ?= .venv

ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif
# In quotation marks, for folders with blanks. Tools run as modules: their scripts in $(BIN) name
# the interpreter by its full path, which a moved checkout changes.
PY      := "$(BIN)/python"
# JupyterLite brings an extension that JupyterLab stumbles over, so it has an environment of its own.
LITE    := "$(subst $(VENV),$(VENV)/lite,$(BIN))/python"
LESSONS := $(if $(wildcard lessons/*.ipynb),lessons) \
           $(if $(wildcard book/reference/*.ipynb),book/reference)
NBVAL   := -p tests.lessons.nbval_plugin --nbval --nbval-current-env \
           --nbval-sanitize-with tests/lessons/sanitize.cfg
# As many processes as the machine has cores, a file in one of them; NumPy needs no threads then.
PYTEST  := $(PY) -m pytest -n logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder
# What compares with PyTorch; the other tests need none.
TRUTH   := tests/library tests/test_programs.py tests/lessons/test_same_in_pytorch.py \
           tests/lessons/test_stored.py::test_a_lesson_stores_the_same_again[15_graduation] \
           tests/course/test_graduation.py::test_pytorch_and_two_processes_have_it_live \
           tests/course/test_lenet.py::test_the_recorded_curves_are_pytorchs
# JupyterLab wants to be told twice before it starts for root, as in a container.
AS_ROOT := $(if $(filter 0,$(shell id -u 2>/dev/null)),--allow-root)
# A folder with Pyodide's files, for `make lite`; without it pip brings them: make lite PYODIDE=folder
PYODIDE ?=
SITE     = $(LITE) tools/lite/build.py $(if $(PYODIDE),--pyodide "$(PYODIDE)")
# Extra words for pytest or for the lesson runner: make test ARGS="-k autograd"
ARGS    ?=

.DEFAULT_GOAL := help
.PHONY: help lab author test plain lessons galleries gather scatter truth truth-record browser bench mutants lite wasm book pdf \
        lint format clean clean-venv FORCE
.DELETE_ON_ERROR:

help: ## List the commands
	@echo "eduflow: build PyTorch, lesson by lesson"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1#\2/p' Makefile | awk -F'#' '{printf "%-20s %s\n", $$1, $$2}'

# Looked at before each command, which takes a tenth of a second: a file's date says nothing about
# a checkout that was moved, or about requirements that changed and changed back.
ready-%: FORCE
	@python=$$(sh tools/find-python.sh "$(PYTHON)" $(PY)) && "$$python" tools/bootstrap.py "$(VENV)" $(subst +, ,$*)
lite-ready: FORCE
	@python=$$(sh tools/find-python.sh "$(PYTHON)" $(LITE)) && "$$python" tools/bootstrap.py "$(VENV)/lite" lite
FORCE:
test truth truth-record plain browser: export OPENBLAS_NUM_THREADS = 1
test truth truth-record plain browser: export OMP_NUM_THREADS = 1

lab: ready-lab ## Take the course: make the folder learn/ at first, and open it in JupyterLab
	$(PY) eduflow/course/__main__.py lab learn $(ARGS)

author: ready-lab ## Open the course's own notebooks, with solutions, in JupyterLab
	$(PY) -m jupyterlab $(wildcard lessons/00_start_here.ipynb) --ServerApp.root_dir=. $(AS_ROOT) $(ARGS)

test: ready-test ## Test the library, the course and every lesson
	$(PYTEST) $(NBVAL) tests $(LESSONS) --ignore=tests/browser $(ARGS)

lessons: ready-test ## Run every lesson and store what it shows
	$(PY) eduflow/course/__main__.py lessons $(ARGS)

galleries: ready-test ## Run the galleries of the reference and store what they show
	$(PY) book/store.py $(ARGS)

gather: ready-test ## Carry the lessons' export cells into eduflow/
	$(PY) eduflow/course/__main__.py gather $(ARGS)

scatter: ready-test ## Carry edits of regions in eduflow/ back into the lessons
	$(PY) eduflow/course/__main__.py scatter $(ARGS)

truth: ready-test+truth ## Test against the real PyTorch (installs it)
	$(PYTEST) $(foreach test,$(TRUTH),"$(test)") --truth $(ARGS)

truth-record: ready-test+truth ## Record PyTorch's answers for machines without it
	$(PYTEST) $(foreach test,$(TRUTH),"$(test)") --record $(ARGS)

plain: ready-test ## Test the library by its plain forms, without the kernels
	EDUFLOW_PLAIN=1 $(PYTEST) tests/library $(ARGS)

lite: lite-ready ## Build the browser edition alone, into book/_build/html/lite
	$(SITE) $(ARGS)

wasm: ready-test ## Test the library on the browser's Python, in node, after `make lite`
	node tools/lite/tests.mjs "$(or $(PYODIDE),build/pyodide)" \
	  "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" tests/library -q $(ARGS)

browser: ready-test+browser ## Open every lesson in JupyterLab, and run it in the browser edition, in a real browser
	$(PYTEST) --dist load --maxschedchunk 1 tests/browser $(ARGS)

bench: ready-test+truth ## Measure speed beside PyTorch
	$(PY) -m tests.bench $(ARGS)

mutants: ready-test ## Measure how well the exercises' checks tell right from wrong
	$(PY) -m eduflow.course mutants --page book/checks.md $(ARGS)

book: ready-book lite-ready ## Build the book, with the browser edition in it, into book/_build/html
	$(PY) -m sphinx -n -W --keep-going -q -b html -d book/_build/doctrees book book/_build/html
	@echo "The book is at book/_build/html/index.html"
	$(SITE)

pdf: ready-book+browser ## Print the lessons of the built book into one PDF, book/_build/eduflow.pdf
	$(PY) tools/pdf.py

lint: ready-test ## Check style, types, spelling and that cells and regions agree
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy eduflow
	$(PY) -m codespell_lib
	$(PY) eduflow/course/__main__.py gather --check

format: ready-test ## Let ruff format everything it can
	$(PY) -m ruff check --fix-only -q .
	$(PY) -m ruff format .

clean: ## Remove what the commands made, except the environment
	rm -rf book/_build book/lessons book/api book/claims.md book/coverage.md book/speed.md book/reference/all.md .pytest_cache .ruff_cache .mypy_cache .hypothesis build *.egg-info
	find eduflow tests tools lessons book -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	find lessons book -name .ipynb_checkpoints -prune -exec rm -rf {} + 2>/dev/null || true

clean-venv: ## Remove the environment as well
	rm -rf "$(VENV)"
