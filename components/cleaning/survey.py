"""The first pass over a shard: repairs, and the rules that look at one pair at a time."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from components.cleaning.left import LeftWriter, read_left
from components.cleaning.work import Shard, Survey, Task, reject_line, save_array, save_counts
from components.raw_pairs import decode_raw
from components.shards import created, read_records
from corpora.reading import Pair
from corpora.rules.duplicates import sorted_keys
from corpora.rules.judge import (
    EMPTY,
    LEAKAGE,
    UNREADABLE,
    Rule,
    build_repairs,
    build_rules,
    is_empty,
)
from corpora.rules.keys import near_key, pair_key, sentence_key
from corpora.rules.report import READ, REPAIRED


class Tools(NamedTuple):
    """The configured repairs and rules."""

    repairs: tuple[Callable[[str], str], ...]
    rules: tuple[Rule, ...]


class HeldOut(NamedTuple):
    """The keys of all source and of all target sentences of validation and test."""

    sources: frozenset[int]
    targets: frozenset[int]


@cache
def _tools(settings: str) -> Tools:
    task = Task.model_validate_json(settings)
    return Tools(build_repairs(task.cleaning), build_rules(task.cleaning, task.languages))


# What is dropped of a split to which the rules do not apply: nothing could be learned of it.
_ALWAYS = Tools((), (Rule(EMPTY, is_empty),))


def survey(shard: Shard, settings: str, held_out: HeldOut) -> Survey:
    """Writes the pairs that are left of a shard, their keys, the rejects and the counts.

    settings: Task as JSON. held_out: for the rule against leakage; empty sets switch it off.
    """
    task = Task.model_validate_json(settings)
    tools = _tools(settings) if shard.split in task.cleaning.splits else _ALWAYS
    counts: Counter[tuple[str, str]] = Counter()
    near: list[int] = []
    exact: list[int] = []
    with (
        LeftWriter(task.path("left", shard.index)) as left,
        created(task.path("rejects", shard.index)) as rejects,
    ):
        for record in read_records(shard.path):
            pair = decode_raw(record, shard.split)
            clean, rule = judged(pair, tools, held_out)
            counts[pair.corpus, READ] += 1
            if rule:
                counts[pair.corpus, rule] += 1
                rejects.write(reject_line(pair, rule))
                continue
            if clean is not pair:
                counts[pair.corpus, REPAIRED] += 1
            left.write(clean)
            near.append(near_key(clean.source, clean.target))
            exact.append(pair_key(clean.source, clean.target))
    save_array(task.path("keys", shard.index), sorted_keys(near, exact))
    save_counts(task.path("counts-survey", shard.index), shard.split, counts)
    return Survey(shard, len(near))


def judged(pair: Pair, tools: Tools, held_out: HeldOut) -> tuple[Pair, str]:
    """The repaired pair, itself where nothing was to mend, and the rule that drops it, or ""."""
    if pair.fault:
        return pair, UNREADABLE
    source, target = pair.source, pair.target
    for repair in tools.repairs:
        source, target = repair(source), repair(target)
    if source != pair.source or target != pair.target:
        pair = pair._replace(source=source, target=target)
    for rule in tools.rules:
        if rule.drops(source, target):
            return pair, rule.name
    if held_out.sources and leaks(source, target, held_out):
        return pair, LEAKAGE
    return pair, ""


def leaks(source: str, target: str, held_out: HeldOut) -> bool:
    """Whether a held-out sentence stands on either side."""
    return sentence_key(source) in held_out.sources or sentence_key(target) in held_out.targets


def held_out_keys(found: Survey, settings: str) -> NDArray[np.uint64]:
    """The sentence keys of a surveyed shard: sources in the first row, targets in the second."""
    task = Task.model_validate_json(settings)
    keys = [
        (sentence_key(left.pair.source), sentence_key(left.pair.target))
        for left in read_left(task.path("left", found.shard.index))
    ]
    return np.array(keys, np.uint64).reshape(-1, 2).T
