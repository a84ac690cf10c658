from __future__ import annotations

from pathlib import Path

import pytest

from dafeng.district import District

ROOT = Path(__file__).resolve().parents[2]
LIXIA = ROOT / "districts" / "lixia"


@pytest.fixture(scope="session")
def lixia() -> District:
    return District.open(LIXIA)
