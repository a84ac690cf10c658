#!/usr/bin/env bash
# Makes .venv from the pinned requirements and the front-end files from package-lock.json.
# usage: tools/setup.sh runtime|develop      A second call does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${1:-runtime}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed (apt-get install python3)" >&2; exit 1; }

stamp=.venv/.dafeng-$profile
want=$(cat "requirements/$profile.txt" pyproject.toml tools/setup.sh | sha256sum | cut -d' ' -f1)
# A develop environment also serves as a runtime one.
have=$(cat "$stamp" 2>/dev/null || true)
if [ "$have" != "$want" ]; then
  if command -v uv >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
    VIRTUAL_ENV=$PWD/.venv uv pip install --quiet --require-hashes -r "requirements/$profile.txt"
  else
    if [ ! -x .venv/bin/python ]; then
      "$python" -m venv .venv 2>/dev/null || {
        echo "缺少 venv 模块，请先安装：apt-get install python3-venv / the venv module is missing: apt-get install python3-venv" >&2
        rm -rf .venv; exit 1; }
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$profile.txt"
  fi
  if command -v uv >/dev/null 2>&1; then
    VIRTUAL_ENV=$PWD/.venv uv pip install --quiet --no-deps --no-build-isolation -e .
  else
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  fi
  echo "$want" > "$stamp"
fi
[ ! -f tools/assets.py ] || .venv/bin/python tools/assets.py
