"""Writing the sample corpus: line-aligned files, disjoint splits, deterministic by seed."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from corpora.sample.formats import WRITERS
from corpora.sample.phrases import Phrase
from corpora.sample.planted import Line, plant
from corpora.sample.sentences import sentence

PAIRS: Mapping[str, int] = {"validation": 500, "test": 500, "train": 24_000}
SOURCE_LANGUAGE, TARGET_LANGUAGE = "en", "de"


def stream(seed: int) -> Iterator[Phrase]:
    """Endless random sentence pairs, which may repeat; the same for the same seed."""
    rng = Random(seed)
    while True:
        yield sentence(rng)


def distinct(seed: int) -> Iterator[Phrase]:
    """Random sentence pairs, no two of which share their source or their target sentence."""
    sources: set[str] = set()
    targets: set[str] = set()
    for pair in stream(seed):
        if pair.english not in sources and pair.german not in targets:
            sources.add(pair.english)
            targets.add(pair.german)
            yield pair


def write_sample(
    folder: Path | str, seed: int = 2026, pairs: Mapping[str, int] = PAIRS
) -> dict[str, tuple[Path, Path]]:
    """Writes ``<split>.en`` and ``<split>.de`` for every split, unless they are there already.

    folder: made where it is missing. pairs: how many pairs each split holds.
    Returns each split's English and German file. A file appears under its name only when it is
    complete, and one that holds the right text is left untouched.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    generator = distinct(seed)
    written = {}
    for split, count in pairs.items():
        chosen = [next(generator) for _ in range(count)]
        files = tuple(
            folder / f"{split}.{language}" for language in (SOURCE_LANGUAGE, TARGET_LANGUAGE)
        )
        for file, lines in zip(files, zip(*chosen, strict=True), strict=True):
            _write_unless_equal(file, "".join(line + "\n" for line in lines).encode())
        written[split] = files
    return written


def write_planted(
    folder: Path | str,
    write_as: str,
    seed: int = 2026,
    pairs: Mapping[str, int] = PAIRS,
    fault_every: int | None = None,
) -> dict[str, Path]:
    """Writes one file a split in another format, training pairs with planted faults.

    write_as: a key of formats.WRITERS. fault_every: see planted.plant; the leaked sentences are
        those of the test split.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for split, lines in planted_lines(seed, pairs, fault_every).items():
        written[split] = folder / f"{split}.{write_as}"
        content = WRITERS[write_as](line.pair for line in lines)
        _write_unless_equal(written[split], content)
    return written


def planted_lines(
    seed: int, pairs: Mapping[str, int], fault_every: int | None
) -> dict[str, list[Line]]:
    """What write_planted writes into the file of each split."""
    generator = distinct(seed)
    chosen = {split: [next(generator) for _ in range(pairs[split])] for split in pairs}
    lines = {split: list(map(Line, found)) for split, found in chosen.items()}
    if fault_every:
        lines["train"] = list(plant(chosen["train"], chosen["test"], fault_every, seed))
    return lines


def _write_unless_equal(file: Path, content: bytes) -> None:
    if file.is_file() and file.read_bytes() == content:
        return
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
