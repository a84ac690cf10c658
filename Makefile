# Dafeng. `make run` and `make test` start from nothing; see README.md.
PORT ?= 8000
DATA ?= run/data

.PHONY: run test setup develop check bench lock clean

run: setup
	.venv/bin/dafeng serve --data $(DATA) --port $(PORT)

setup:
	@tools/setup.sh runtime

develop:
	@tools/setup.sh develop

test: develop
	@tools/test.sh

check: develop
	@tools/check.sh

bench: develop
	@for b in benchmarks/bench_*.py; do echo "== $$b"; .venv/bin/python $$b || exit 1; done

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements/runtime.in -o requirements/runtime.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements/develop.in -o requirements/develop.txt

clean:
	rm -rf .venv node_modules src/dafeng/web/assets/vendor build dist
