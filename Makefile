# Two commands: `make run` and `make test`. Python 3.11 or later and make are all they need.

VENV   := .venv
PYTHON := $(VENV)/bin/python
WORKERS ?= 2
ARGS   ?=
MARKERS_OF_SLOW := races or journeys or browser or slow

.DEFAULT_GOAL := help
.PHONY: help run test test-fast check fmt lint types schema migrations messages story shell lock \
	bench bench-orders bench-exact bench-peers bench-lists bench-walls kill-test roles rows mutants lint-style lint-format lint-rooms \
	check-migrations check-schema check-deployment

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-13s %s\n", $$1, $$2 }'

run: $(VENV)/runtime.stamp ## start everything and print where it answers (PORT=8000, HOST=127.0.0.1)
	@$(PYTHON) manage.py up

test: $(VENV)/dev.stamp ## run the whole suite, or a part: make test ARGS="tests/orders -k close"
	@$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-fast: $(VENV)/dev.stamp ## run the suite without races, journeys, browser and slow tests
	@$(PYTHON) -m pytest -n $(WORKERS) --dist worksteal -m "not ($(MARKERS_OF_SLOW))" $(ARGS)

check: lint types check-migrations check-schema check-deployment ## run every check of CI except the tests

check-migrations: $(VENV)/dev.stamp
	@$(PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

check-schema: $(VENV)/dev.stamp
	@mkdir -p var && $(SPECTACULAR) --file var/openapi.yaml
	@diff -u docs/api/openapi.yaml var/openapi.yaml || { echo "The API changed: run make schema."; exit 1; }

check-deployment: $(VENV)/dev.stamp
	@$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING

SPECTACULAR = $(PYTHON) manage.py spectacular --validate --fail-on-warn
RANDOM_KEY  = $$($(PYTHON) -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom($(1))).decode())')
PRODUCTION  = HAODIAN_ENV=production DEBUG= HAODIAN_SANDBOX= ALLOWED_HOSTS=shop.example \
	HAODIAN_BASE_URL=https://shop.example DATABASE_URL=postgres:///haodian REDIS_URL=redis://localhost \
	SECRET_KEY="$(call RANDOM_KEY,64)" HAODIAN_FIELD_KEYS="$(call RANDOM_KEY,32)" SANDBOX_GATEWAY_SECRET=

fmt: $(VENV)/dev.stamp ## format the code and fix what can be fixed
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

lint: lint-style lint-format lint-rooms ## check style and which room imports which

lint-style: $(VENV)/dev.stamp
	@$(PYTHON) -m ruff check .

lint-format: $(VENV)/dev.stamp
	@$(PYTHON) -m ruff format --check .

lint-rooms: $(VENV)/dev.stamp
	@$(VENV)/bin/lint-imports

types: $(VENV)/dev.stamp ## check the types
	@$(PYTHON) -m mypy .

roles: $(VENV)/dev.stamp ## write docs/roles.csv: who may do what, found by trying
	@WRITE_ROLES=1 $(PYTHON) -m pytest -n 0 tests/walks/test_roles.py

mutants: $(VENV)/dev.stamp ## take out each filter and permission, one at a time: the walks notice (T5)
	@$(PYTHON) -m pytest -n 0 -s tests/walks/hunt.py

rows: $(VENV)/dev.stamp ## write the table of accepted rows into docs/console.md
	@WRITE_ROWS=1 $(PYTHON) -m pytest -n 0 tests/architecture/test_acceptance.py

schema: $(VENV)/dev.stamp ## write docs/api/openapi.yaml anew
	@mkdir -p docs/api && $(SPECTACULAR) --file docs/api/openapi.yaml

migrations: $(VENV)/dev.stamp ## make migrations: make migrations ARGS="orders --name add_note"
	@$(PYTHON) manage.py makemigrations $(ARGS)

messages: $(VENV)/dev.stamp ## collect the texts for the Chinese catalogue, and compile it
	@$(PYTHON) manage.py collect_messages

story: $(VENV)/runtime.stamp ## play one sale, from binding to refund, against the running system
	@$(PYTHON) manage.py story $(ARGS)

bench: bench-orders bench-exact bench-peers bench-lists ## run every benchmark but the long session

bench-orders: $(VENV)/dev.stamp ## measure checkouts through HTTP: one hot SKU, and mixed carts
	@$(PYTHON) -m benchmarks.orders $(ARGS)

bench-exact: $(VENV)/dev.stamp ## let 10,000 buyers press for 100 pieces through HTTP
	@$(PYTHON) -m benchmarks.exact $(ARGS)

bench-peers: $(VENV)/dev.stamp ## the hot checkout against django-oscar, which it installs into var/peers
	@$(PYTHON) -m benchmarks.peers $(ARGS)

bench-session: $(VENV)/dev.stamp ## hold a live session of 770,000 orders (ARGS="--orders 20000" for a short one)
	@$(PYTHON) -m benchmarks.session $(ARGS)

kill-test: $(VENV)/dev.stamp ## kill 50 web processes and 20 database backends while it sells
	@$(PYTHON) -m benchmarks.kills $(ARGS)

bench-walls: $(VENV)/dev.stamp ## measure what the second wall costs a merchant's page
	@$(PYTHON) -m benchmarks.walls $(ARGS)

bench-lists: $(VENV)/dev.stamp ## measure lists of 5,000,000 orders through HTTP: API and consoles
	@$(PYTHON) -m benchmarks.lists $(ARGS)

shell: $(VENV)/runtime.stamp ## open a Python shell on the running system
	@$(PYTHON) manage.py shell $(ARGS)

lock: ## resolve the dependencies of pyproject.toml again (needs uv)
	@uv pip compile $(LOCK_OPTIONS) pyproject.toml --output-file requirements.lock
	@uv pip compile $(LOCK_OPTIONS) pyproject.toml --group dev --output-file requirements-dev.lock

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)

# --- The environment: built once from a lock with hashes, again when the lock changes ---------------

$(VENV)/runtime.stamp: requirements.lock
	@sh config/install.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock requirements.lock
	@sh config/install.sh $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/runtime.stamp
