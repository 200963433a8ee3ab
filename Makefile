# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
#
# The front door; what each target does is in scripts/.

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint types docs site bench dist wheel clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set up what is missing, then build a training set from real flights
	@scripts/prepare-demo
	@scripts/demo

test: ## set up what is missing, then build and run the tests
	@scripts/test

test-all: ## everything that continuous integration runs
	@.ci/run

lint: ## check formatting, scripts and Python files
	@scripts/lint

types: ## let a second judge look at the types of the Python package
	@scripts/check-types

docs: ## build the documentation of the public rooms; a warning is an error
	@scripts/docs

site: ## make the documentation site: guides, reference, search
	@scripts/site

bench: ## measure kernel, training sets, fills and the server beside other tools
	@scripts/bench

dist: ## make a folder and an archive that run without Swift
	@scripts/dist

wheel: ## make a Python wheel with the library and the command, and try it
	@rm -f dist/tallystick-*.whl
	@scripts/wheel
	@scripts/check-wheel

clean: ## remove everything that was built; downloads in .deps stay
	@rm -rf .build .build-* .tally dist Benchmarks/.build Examples/flights/data Examples/flights/.tally
