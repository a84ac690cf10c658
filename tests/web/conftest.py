"""Sites over four kinds of data: the example, an empty district, an overfull one, one that cannot be opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dafeng.web.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

import django

django.setup()

from django.test import Client  # noqa: E402

from dafeng.web import holder as holding  # noqa: E402

from . import fake  # noqa: E402

EXAMPLE = Path(__file__).resolve().parents[2] / "districts" / "lixia"


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("districts")
    return {
        "example": EXAMPLE,
        "small": fake.small(base / "small"),
        "empty": fake.empty(base / "empty"),
        "overfull": fake.overfull(base / "overfull"),
        "broken": fake.broken(base / "broken"),
    }


@pytest.fixture(scope="session")
def holders(folders: dict[str, Path]) -> dict[str, holding.Holder]:
    return {name: holding.Holder(folder) for name, folder in folders.items()}


@pytest.fixture
def site(request: pytest.FixtureRequest, holders: dict[str, holding.Holder]) -> Iterator[Client]:
    """A client over one kind of data: parametrize indirectly with its name."""
    holding.use(holders[getattr(request, "param", "example")])
    yield Client()
    holding.use(None)


@pytest.fixture
def example(holders: dict[str, holding.Holder]) -> Iterator[Client]:
    holding.use(holders["example"])
    yield Client()
    holding.use(None)
