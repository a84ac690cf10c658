"""The pictures of README can be made again, are small, and are the ones that README shows."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "tools" / "pictures.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_kept_pictures_are_small_and_complete(pictures: ModuleType) -> None:
    kept = {p.stem: p for p in (ROOT / "docs" / "pictures").glob("*.png")}
    assert set(kept) == set(pictures.PICTURES)
    assert all(p.stat().st_size < pictures.LIMIT for p in kept.values())
    for page in ("README.md", "README.zh.md"):
        for shown in re.findall(r"\]\((docs/pictures/[^)]+)\)", (ROOT / page).read_text("utf-8")):
            assert (ROOT / shown).is_file(), shown


@pytest.mark.browser
@pytest.mark.slow
def test_readme_picture_from_a_running_example(pictures: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("playwright.sync_api")
    if shutil.which("chromium") is None or pictures is None:
        pytest.skip("Chromium is not installed")
    with pictures.serving(tmp_path / "data") as base:
        made = pictures.take(base, tmp_path, ["overview-en"])
    body = made[0].read_bytes()
    assert body.startswith(b"\x89PNG") and 20_000 < len(body) < pictures.LIMIT
    # A palette picture of the size asked for.
    assert body[16:24] == np.array([1440, 1040], ">u4").tobytes() and body[25] == 3
