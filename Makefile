# What one can ask of this repository. How each is done stands in tools/; nothing is decided here.
# `make demo` needs Python 3.11 or newer and Node 20 or newer, nothing else. PORT=8080 chooses the demo's port.

.PHONY: help setup demo dev test check audit generate rebuild e2e bench bench-engine bench-sync mutants nights security

help:
	@echo "make demo      build everything and open a seeded centre on this machine; prints one address"
	@echo "make test      every check and every test, unit and browser; what .ci/run calls"
	@echo "make check     generated files, ruff, bandit, mypy, eslint, svelte-check: no tests"
	@echo "make audit     what is known against the locked packages, and bills of them; needs a network, no part of the tests"
	@echo "make e2e       only the browser tests; RUDE=7 puts a rude network between every browser and the centre, SHOTS=1 keeps pictures"
	@echo "make dev       the demo's server beside Vite, which reloads the app as you edit"
	@echo "make generate  write pwa/src/generated from schema/, and the list of what the app asks"
	@echo "make rebuild   derive every table of data/demo from the log again and prove them equal"
	@echo "make bench     measure the phone profile; the table goes into bench/README.md by hand"
	@echo "make bench-engine  push, pages, disk and memory of the engine by itself, beside a floor in the same run"
	@echo "make bench-sync  the sync engine beside its peers and the floors (SIZES=\"1000 10000\" ROUNDS=3); prints tables"
	@echo "make mutants   plant known bugs one by one and require that each is caught; the table goes into docs/testing.md by hand"
	@echo "make nights    the simulation on SEEDS=100000 seeds from FIRST=0, on all cores"
	@echo "make security  the rows of docs/security.md at the size each asks for; SHARE=0.1 a tenth of it"
	@echo "make setup     only the environment: Python packages, Node packages, the built app, a browser"

setup demo dev test check audit generate rebuild e2e bench bench-engine bench-sync mutants nights security:
	@sh tools/house.sh $@
