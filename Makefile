# Techo: what can be done here. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench dev tools

RESIDENTS ?= 300
SEED ?=
CARGO ?= cargo
export CARGO_TERM_COLOR ?= auto

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

demo: ## fill a demo with made-up people and start everything (RESIDENTS=300 SEED=…)
	@scripts/tools build
	@$(CARGO) xtask bundle --release
	@$(CARGO) build --release --quiet --package techo
	@$${CARGO_TARGET_DIR:-target}/release/techo demo --residents $(RESIDENTS) $(if $(SEED),--seed $(SEED))

test: ## every test: browser journeys, formats, accessibility, and last cargo's on SQLite and PostgreSQL
	@scripts/tools build test
	@scripts/test

check: ## formatting, lints on both sides of the house, licences, advisories
	@scripts/tools build check
	@scripts/check

bench: ## measured figures, also as target/bench.json
	@scripts/tools build bench
	@scripts/bench

dev: ## rebuild and restart on every change
	@scripts/tools build
	@scripts/dev

tools: ## install everything that the other targets would install
	@scripts/tools build test check bench
