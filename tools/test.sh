#!/usr/bin/env bash
# Everything that must hold before a change lands.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/system-packages.sh
tools/check.sh
.venv/bin/python -m pytest -n 2 --dist loadfile
