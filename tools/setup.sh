#!/usr/bin/env bash
# Makes .venv from the pinned requirements and the front-end files from package-lock.json.
# usage: tools/setup.sh runtime|develop      A second call does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${1:-runtime}
python=${PYTHON:-python3}

# Trust what the system trusts: behind an inspecting proxy its certificate is there and nowhere else.
system_certificates=/etc/ssl/certs/ca-certificates.crt
export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} UV_NATIVE_TLS=${UV_NATIVE_TLS:-1}
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -r "$system_certificates" ]; then
  export NODE_EXTRA_CA_CERTS=$system_certificates
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed (apt-get install python3)" >&2; exit 1; }

with_uv() {
  command -v uv >/dev/null 2>&1 || return 1
  [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv || return 1
  VIRTUAL_ENV=$PWD/.venv uv pip install --quiet --require-hashes -r "requirements/$profile.txt" || return 1
  VIRTUAL_ENV=$PWD/.venv uv pip install --quiet --no-deps --no-build-isolation -e . || return 1
}

with_pip() {
  if [ ! -x .venv/bin/python ]; then
    "$python" -m venv .venv 2>/dev/null || {
      echo "缺少 venv 模块，请先安装：apt-get install python3-venv / the venv module is missing: apt-get install python3-venv" >&2
      rm -rf .venv; exit 1; }
  fi
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip --upgrade >/dev/null
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$profile.txt"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

stamp=.venv/.dafeng-$profile
want=$(cat "requirements/$profile.txt" pyproject.toml tools/setup.sh | sha256sum | cut -d' ' -f1)
have=$(cat "$stamp" 2>/dev/null || true)
if [ "$have" != "$want" ]; then
  with_uv || with_pip || {
    echo "软件包没有取到：请检查网络；经代理上网时，把代理的证书装入系统（update-ca-certificates）/ packages could not be fetched: check the network; behind a proxy, add its certificate to the system's" >&2
    exit 1; }
  echo "$want" > "$stamp"
fi
[ ! -f tools/assets.py ] || .venv/bin/python tools/assets.py
