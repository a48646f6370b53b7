"""The second pass over a shard: duplicates and weights, then the clean pairs are written."""

from collections import Counter
from collections.abc import Iterator

from components.cleaning.left import read_left
from components.cleaning.work import Survey, Task, load_array, reject_line, save_counts
from components.shards import RecordWriter, created, shard_path
from corpora.reading import Pair
from corpora.rules.duplicates import Duplicates, find, part
from corpora.rules.judge import DUPLICATE, NEAR_DUPLICATE, WEIGHT
from corpora.rules.report import KEPT, WRITTEN
from corpora.splits import fraction

# So many keys are compared at a time: about 20 MB.
PART_KEYS = 1_000_000


def parts_of(surveys: list[Survey]) -> range:
    """The parts into which all keys are divided, so that one part fits into little memory."""
    return range(max(1, -(-sum(survey.left for survey in surveys) // PART_KEYS)))


def duplicates_in(
    index: int, surveys: list[Survey], settings: str
) -> Iterator[tuple[int, Duplicates]]:
    """The duplicates whose keys lie in one part, by the index of the shard that holds them."""
    task = Task.model_validate_json(settings)
    count = len(parts_of(surveys))
    judged = [
        survey.shard.index
        for survey in sorted(surveys)
        if survey.shard.split in task.cleaning.splits
    ]
    slices = [part(load_array(task.path("keys", shard)), index, count) for shard in judged]
    for duplicates in find(slices) if slices else []:
        yield judged[duplicates.file], duplicates


def finish(survey: Survey, found: list[Duplicates], settings: str) -> Survey:
    """Writes the clean pairs of a shard, the rejects and the counts."""
    task = Task.model_validate_json(settings)
    shard = survey.shard
    rules = _rules_by_position(found, task)
    counts: Counter[tuple[str, str]] = Counter()
    with (
        RecordWriter(shard_path(task.output, shard.split, shard.index)) as kept,
        created(task.path("rejects-finish", shard.index)) as rejects,
    ):
        for position, left in enumerate(read_left(task.path("left", shard.index))):
            corpus = left.pair.corpus
            times = _times(left.pair, task) if shard.split == "train" else 1
            rule = rules.get(position, "" if times else WEIGHT)
            counts[corpus, rule or KEPT] += 1
            if rule:
                rejects.write(reject_line(left.pair, rule))
                continue
            for _ in range(times):
                kept.write(left.record)
            counts[corpus, WRITTEN] += times
    save_counts(task.path("counts-finish", shard.index), shard.split, counts)
    return survey


def _rules_by_position(found: list[Duplicates], task: Task) -> dict[int, str]:
    rules = {}
    for duplicates in found:
        for position, exact in zip(duplicates.positions, duplicates.exact, strict=True):
            if exact and task.cleaning.duplicates:
                rules[int(position)] = DUPLICATE
            elif task.cleaning.near_duplicates:
                rules[int(position)] = NEAR_DUPLICATE
    return rules


def _times(pair: Pair, task: Task) -> int:
    """How often a pair is written: its corpus's weight, rounded up or down by its hash."""
    whole, rest = divmod(task.weights.get(pair.corpus, 1.0), 1)
    if not rest:
        return int(whole)
    return int(whole) + (fraction(f"{pair.source}\x00{pair.target}") < rest)
