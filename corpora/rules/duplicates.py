"""Finding duplicates among keys that lie in many files, a part of all keys at a time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

KEYS = np.dtype([("near", "<u8"), ("exact", "<u8"), ("position", "<u4")])


class Duplicates(NamedTuple):
    """Positions of duplicates in one file, and which of them are exact."""

    file: int
    positions: NDArray[np.uint32]
    exact: NDArray[np.bool_]


def sorted_keys(near: list[int], exact: list[int]) -> NDArray:
    """The keys of one file, in the order of their near key and then of their position."""
    keys = np.empty(len(near), KEYS)
    keys["near"], keys["exact"] = near, exact
    keys["position"] = np.arange(len(near))
    return keys[np.argsort(keys["near"], kind="stable")]


def part(keys: NDArray, index: int, parts: int) -> NDArray:
    """Of sorted keys those that belong to part ``index`` of ``parts`` equal key ranges.

    A copy: a view would keep the keys of every file whole in memory while one part is compared.
    """
    bounds = [np.uint64((i << 64) // parts) for i in range(1, parts)]
    cuts = np.searchsorted(keys["near"], np.array(bounds, np.uint64))
    return np.split(keys, cuts)[index].copy()


def find(parts: list[NDArray]) -> list[Duplicates]:
    """All but the first of equal pairs; the first is in the file and place that come first.

    parts: the same part of the keys of every file, in the files' order.
    """
    keys = np.concatenate(parts)
    files = np.repeat(np.arange(len(parts)), [len(keys) for keys in parts])
    near, exact = _repeated(keys["near"]), _repeated(keys["exact"])
    found = []
    for file in np.unique(files[near]):
        chosen = near & (files == file)
        found.append(Duplicates(int(file), keys["position"][chosen], exact[chosen]))
    return found


def _repeated(values: NDArray) -> NDArray[np.bool_]:
    """True where a value occurred before."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    repeated = np.zeros(len(values), bool)
    repeated[order[1:]] = ranked[1:] == ranked[:-1]
    return repeated
