# Four commands. What they need: git, make, python3 >= 3.11 with venv. The scripts are in dev/.
HOST ?= 127.0.0.1
PORT ?= 8000
ONLY ?=
PYTEST_ARGS ?=
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

.PHONY: help run test check bench lock python

help:
	@echo "make run [PORT=8000] [HOST=127.0.0.1]   start the system with its demo, on SQLite or on SHANZHI_DATABASE"
	@echo "make test [PYTEST_ARGS=...]             every check and test, on SQLite and on PostgreSQL"
	@echo "make check                              style, types, layers, templates, migrations"
	@echo "make bench [ONLY=name,...]              measure, into bench/results/latest.jsonl"

run: python
	@exec $(PYTHON) -m dev.run --host "$(HOST)" --port "$(PORT)"

test: python
	@PYTEST_ARGS='$(PYTEST_ARGS)' exec $(PYTHON) -m dev.test

check: python
	@exec $(PYTHON) -m dev.check

bench: python
	@exec $(PYTHON) -m dev.bench --only "$(ONLY)"

lock: python
	@exec $(PYTHON) -m dev.lock

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; as root: apt-get install -y python3 python3-venv"; exit 1; }
