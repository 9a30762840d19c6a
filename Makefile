# The commands of the project; `make` alone lists them. Only Python 3.11 or newer is needed.

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; \
	done)
SET_UP = $(or $(PYTHON),$(error No Python 3.11 or newer found; install one or say make PYTHON=/path/to/python)) \
	requirements/setup_environment.py
BIN = .venv/bin
OFFSCREEN = QT_QPA_PLATFORM=offscreen
# Side by side on every processor, a file to each; ARGS="-n 0" runs them one after the other.
PYTEST = $(OFFSCREEN) $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile

.PHONY: help run quick test check lint start bench data accuracy validate screenshots bundle lock clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: ## set everything up and open the application with the season 2025
	@$(SET_UP) run
	@$(BIN)/htt-desktop $(ARGS)

test: ## set everything up and run the tests; ARGS="tests/domain -q" goes to pytest
	@$(SET_UP) test
	@$(PYTEST) $(ARGS)

quick: lint ## lint and the fast tests, in a minute
	@$(SET_UP) test
	@$(PYTEST) -q -m "not slow" $(ARGS)

lint: ## style, types, import contracts and code that nothing calls
	@$(SET_UP) lint
	@bad=0; \
	$(BIN)/ruff check . || bad=1; \
	$(BIN)/ruff format --check --output-format concise . || bad=1; \
	$(BIN)/mypy || bad=1; \
	$(BIN)/lint-imports || bad=1; \
	$(BIN)/vulture || bad=1; \
	exit $$bad

start: ## open the real application on a screen of its own and close it again
	@$(SET_UP) test
	@$(BIN)/python tests/start_application.py

check: ## everything .ci/run checks
	@bash .ci/run here

bench: ## measure speed, memory and accuracy into bench-results/; ARGS=--quick: three minutes
	@$(SET_UP) bench
	@$(OFFSCREEN) .tools/bench/bin/python -m pytest tests/bench -p no:cacheprovider $(ARGS)

data: ## build the bundled packs and the track table from ../shared/gr_cup
	@$(SET_UP) run
	@$(BIN)/htt data build --shared ../shared --out data

accuracy: ## validate every bundled race and write docs/accuracy.md again
	@$(SET_UP) run
	@$(BIN)/htt accuracy

validate: accuracy ## the same

screenshots: ## draw the pictures of the README
	@$(SET_UP) run
	@$(BIN)/htt render --screenshots docs/images
	@for tab in dashboard driver; do \
		$(BIN)/htt render --tab $$tab --driver "Westin Workman" --rival "Jaxon Bell" \
			--scale 2 --out docs/images/$${tab}_4k.png; \
	done

bundle: ## make dist/HackTheTrack, a folder that runs without Python, and try it
	@$(SET_UP) bundle
	@.tools/bundle/bin/pyinstaller --noconfirm --clean --log-level ERROR build.spec
	@$(SET_UP) test
	@$(BIN)/python -m pytest tests/bundle $(ARGS)

lock: ## write the lock files again; UPGRADE=--upgrade takes newer versions
	@$(SET_UP) run
	@requirements/lock.sh .tools/uv/bin/uv $(UPGRADE)

clean: ## remove everything that was made
	rm -rf .venv .tools build dist bench-results .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .benchmarks .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
