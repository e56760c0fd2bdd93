# `make demo` and `make test` are all a newcomer needs. Both install what they miss into .venv/, once.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# The first Python that can run the course; `make PYTHON=/path/to/python demo` chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && { echo "$$p"; break; }; done)

.PHONY: help demo test quick lint types solutions long mutants hostile gpu bench soak pictures release \
	released reference messages site coverage version clean clean-venv

help:
	@echo "make demo       release the course, grade a sample class, say where to look"
	@echo "make quick      the linter, the types, the import contracts and the fast tests: after every change"
	@echo "make test       the linter, the types, the solutions and all tests but the long ones"
	@echo "make long       the tests that take minutes: mutants of every reference and of the machine's decisions"
	@echo "make mutants    of those, what a tool makes of the machine's modules"
	@echo "make lint       ruff; make types, mypy"
	@echo "make solutions  execute every solution notebook (DATA=folder: with MNIST from there)"
	@echo "make hostile    grade the hostile class and look at what it left"
	@echo "make gpu        the tests that need a CUDA device"
	@echo "make bench      measure, and compare with nbgrader"
	@echo "make soak       grade for a long time and look for leaks"
	@echo "make pictures   what people see, as pictures in docs/images/"
	@echo "make release    write assignments/ from solutions/"
	@echo "make released   see that assignments/ is what solutions/ gives, and write the kit to build/kit/"
	@echo "make site       the documentation, in build/site/; make reference, what of it is committed and written from code"
	@echo "make messages   the catalogues of what people read; LANGUAGE=de begins a language"
	@echo "make version V=0.2.0    a version: files, commit, tag"
	@echo "make coverage   which lines of the machine no test runs"
	@echo "make clean      remove what demo and tests wrote; clean-venv removes .venv/ too"

.venv/.stamp: constraints.txt pyproject.toml
	@[ "$$(uname -s)" = Linux ] || { echo "This needs Linux; on other systems use the students' kit or a container." >&2; exit 1; }
	@[ -n "$(PYTHON)" ] || { echo "This needs Python 3.11, 3.12 or 3.13 with its venv module; none was found." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
		|| { echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13 with its venv module." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(PIP) setuptools wheel
	$(PIP) --no-build-isolation -e '.[grading,torch,tensorflow,cluster,dev]'
	@touch $@

demo: .venv/.stamp
	$(BIN)/python -m tests.sample_class.demo

# What needs no kernel and no framework.
QUICK = tests/test_rooms.py tests/test_language.py tests/test_course.py tests/test_docs.py tests/test_cli.py tests/test_files.py tests/bridge \
	tests/checks/test_engine.py tests/checks/test_search.py tests/classroom/test_ledger.py tests/classroom/test_seeds.py

quick: .venv/.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto $(QUICK)

lint: .venv/.stamp
	$(BIN)/ruff check .

types: .venv/.stamp
	$(BIN)/mypy

# As many tests at once as there are cores.
CORES = -n auto --maxprocesses 4

RUN_SOLUTIONS = CNN_COURSE_DATA=$(DATA) CNN_COURSE_OFFLINE=1 \
	$(BIN)/python -m pytest $(CORES) --dist worksteal --nbmake --nbmake-timeout=600 solutions

# With the embedded data, as everybody has it; `make solutions DATA=../shared/data` takes MNIST from there.
solutions: .venv/.stamp
	$(RUN_SOLUTIONS)

# All parts run, whatever the first ones find; the last line is the tests' own.
# The tests of the checks compute, on one thread each, and whoever is done takes over from the others. Those that bring
# kernels to their limits have the machine to themselves. The others run two at a time, since most wait for a kernel or a
# browser, and what a file's tests share is made once.
COMPUTING = tests/checks tests/course tests/training
LIMITS = tests/hostile tests/sandbox tests/submission
TWO_AT_A_TIME = -n 2 --dist loadfile

test: .venv/.stamp
	@failed=0; $(BIN)/ruff check . || failed=1; $(BIN)/mypy || failed=1; $(RUN_SOLUTIONS) || failed=1; \
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not long" $(CORES) --dist worksteal $(COMPUTING) || failed=1; \
	$(BIN)/python -m pytest -m "not long" $(LIMITS) || failed=1; \
	$(BIN)/python -m pytest -m "not long" $(TWO_AT_A_TIME) $(COMPUTING:%=--ignore %) $(LIMITS:%=--ignore %) tests \
		|| failed=1; exit $$failed

# Mutants of every reference and of the machine's own decisions, each to be caught or explained.
long: .venv/.stamp
	@failed=0; $(BIN)/python -m pytest -m long tests || failed=1; \
	$(BIN)/python -m tools.mutants || failed=1; exit $$failed

mutants: .venv/.stamp
	$(BIN)/python -m tools.mutants

hostile: .venv/.stamp
	$(BIN)/python -m pytest tests/hostile

gpu: .venv/.stamp
	$(BIN)/python -m pytest -m gpu tests

bench: .venv/.stamp
	$(BIN)/python -m tests.bench

soak: .venv/.stamp
	$(BIN)/python -m tests.soak

# What is committed is what the solutions give, and students' kit comes of it.
released: .venv/.stamp
	$(BIN)/autograder release --kit build/kit
	git diff --exit-code --stat -- assignments

pictures: demo
	$(BIN)/python -m tools.pictures demo

release: .venv/.stamp
	$(BIN)/autograder release

# Pages that come from the code are written on the way; a warning, such as a link that leads nowhere, is an error.
site: .venv/.stamp
	$(BIN)/python -m sphinx -W --keep-going -q -b html -d build/site-trees docs build/site

reference: .venv/.stamp
	$(BIN)/python -m tools.reference

# What people read, for translators: what the sources say now, in every language that is there or is named here.
messages: .venv/.stamp
	$(BIN)/python -m tools.messages $(LANGUAGE)

# Asks that everything is committed and that CHANGELOG.md says what changed; pushes nothing.
version: .venv/.stamp
	$(BIN)/python -m tools.version "$(V)"

# By file, the worst first; docs/coverage.md says why some are low. The course's own tests reach little of the machine.
COVERAGE = $(BIN)/python -m coverage run -m pytest -m "not long"

coverage: .venv/.stamp
	$(BIN)/python -m coverage erase
	-OMP_NUM_THREADS=1 $(COVERAGE) $(CORES) --dist worksteal tests/checks tests/training
	-$(COVERAGE) $(COMPUTING:%=--ignore %) tests
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report --sort=cover --skip-covered

clean:
	rm -rf demo build mutants .coverage* .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

clean-venv: clean
	rm -rf .venv
