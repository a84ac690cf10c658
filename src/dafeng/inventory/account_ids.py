"""Ids seen so far, in eight bytes a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np


class SeenIds:
    """Finds ids that stood before, with memory of eight bytes a row.

    It keeps sorted runs of 64-bit hashes. Equal hashes are only a suspicion: ``confirm`` re-reads the ids of earlier
    rows and tells whether one of them really is the same text.
    """

    def __init__(self, confirm: Callable[[set[str]], dict[str, int]]):
        self._runs: list[np.ndarray] = []
        self._confirm = confirm

    def repeated(self, ids: list[str], numbers: Iterable[int]) -> dict[int, int]:
        """Positions in the batch whose id stood before → row number of its first standing."""
        hashes = np.fromiter((hash(i) for i in ids), np.int64, len(ids))
        order = np.argsort(hashes, kind="stable")
        ranked = hashes[order]
        suspects = set(order[1:][ranked[1:] == ranked[:-1]].tolist())
        for run in self._runs:
            spots = np.searchsorted(run, ranked)
            spots[spots == len(run)] = 0
            suspects.update(order[run[spots] == ranked].tolist())
        self._add(ranked)
        if not suspects:
            return {}
        return self._check(ids, list(numbers), suspects)

    def _check(self, ids: list[str], numbers: list[int], suspects: set[int]) -> dict[int, int]:
        wanted = {ids[p] for p in suspects if ids[p]}
        first = dict(self._confirm(wanted))
        repeated: dict[int, int] = {}
        for position, (identifier, number) in enumerate(zip(ids, numbers, strict=True)):
            if identifier in wanted:
                before = first.setdefault(identifier, number)
                if before != number:
                    repeated[position] = before
        return repeated

    def _add(self, ranked: np.ndarray) -> None:
        """Merges runs of like size, so that there are few of them."""
        while self._runs and len(self._runs[-1]) <= 2 * len(ranked):
            ranked = np.sort(np.concatenate([self._runs.pop(), ranked]), kind="stable")
        self._runs.append(ranked)
