"""Keeps one opened district per process warm and opens it again when a file of its folder changes."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dafeng.district import District

CHECK_EVERY = 1.0  # seconds between two looks at the folder
KEPT_VARIANTS = 24
KEPT_RESULTS = 4000


def signature(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file below the folder."""
    found: list[tuple[str, int, int]] = []
    for base, folders, files in os.walk(folder):
        folders.sort()
        for name in files:
            try:
                stat = os.stat(os.path.join(base, name))  # noqa: PTH116, PTH118 (called for every file)
            except OSError:
                continue
            found.append((os.path.join(base, name), stat.st_mtime_ns, stat.st_size))  # noqa: PTH118
    return tuple(sorted(found))


class Opened:
    """A district under one set of definition choices, with the results that pages asked for."""

    def __init__(self, district: Any):
        self.district = district
        self._results: OrderedDict[Any, Any] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """The result kept under this key; made on first use."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        made = make()
        with self._lock:
            self._results[key] = made
            if len(self._results) > KEPT_RESULTS:
                self._results.popitem(last=False)
        return made


class Holder:
    """The district of a folder, and its variants by definition choice."""

    def __init__(self, folder: Path, open_district: Callable[[Path], Any] | None = None):
        self.folder = folder
        self._open = open_district or (lambda path: District.open(path))
        self._lock = threading.RLock()
        self._signature: tuple[tuple[str, int, int], ...] | None = None
        self._checked = 0.0
        self._base: Opened | None = None
        self._variants: OrderedDict[tuple[tuple[str, str], ...], Opened] = OrderedDict()

    def get(self, choices: Mapping[str, str] | None = None) -> Opened:
        key = tuple(sorted((choices or {}).items()))
        with self._lock:
            self._refresh()
            assert self._base is not None
            if not key:
                return self._base
            if key not in self._variants:
                self._variants[key] = Opened(self._base.district.with_choices(dict(key)))
                if len(self._variants) > KEPT_VARIANTS:
                    self._variants.popitem(last=False)
            self._variants.move_to_end(key)
            return self._variants[key]

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._base is not None and now - self._checked < CHECK_EVERY:
            return
        found = signature(self.folder)
        if self._base is None or found != self._signature:
            self._base = Opened(self._open(self.folder))
            self._variants.clear()
            self._signature = found
        self._checked = time.monotonic()


_holder: Holder | None = None
_making = threading.Lock()


def holder() -> Holder:
    """The holder of this process, over the folder that the settings name."""
    global _holder
    with _making:
        if _holder is None:
            from django.conf import settings

            from dafeng.web.folder import district_folder

            _holder = Holder(district_folder(Path(settings.DATA)))
        return _holder


def use(replacement: Holder | None) -> None:
    """Puts another holder in place (tests, notebooks)."""
    global _holder
    _holder = replacement
