"""Sources made of bytes, for tests of the readers."""

import bz2
import gzip
import json
import lzma
from pathlib import Path

import zstandard

from corpora.config import CorporaConfig, HashedSplits
from corpora.reading import Pair, Source, read_pairs
from foundation.languages import Languages

LANGUAGES = Languages(source="en", target="de")
COMPRESS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def make_source(
    folder: Path, kind: str, *contents: bytes, ending: str = "", split: str = "train", **options
) -> Source:
    """A source of files with these contents: two for text, else one."""
    paths = []
    for number, content in enumerate(contents):
        path = folder / f"file{number}.{kind}{ending}"
        path.write_bytes(content)
        paths.append(str(path))
    files = {"source": paths[0], "target": paths[1]} if kind == "text" else paths[0]
    corpus = {"name": "c", "format": kind, "files": {"all": files}, **options}
    [checked] = CorporaConfig.model_validate_json(json.dumps({"list": [corpus]})).list
    return Source(checked, split, tuple(paths), LANGUAGES, HashedSplits())


def sentences(source: Source) -> list[tuple[str, str]]:
    """The texts of all pairs, none of which may have a fault."""
    pairs = list(read_pairs(source))
    assert [pair.fault for pair in pairs if pair.fault] == []
    return [(pair.source, pair.target) for pair in pairs]


def faults(source: Source) -> list[tuple[int, str]]:
    """Line and fault of the pairs that have one."""
    return [(pair.line, pair.fault) for pair in read_pairs(source) if pair.fault]


def pairs(source: Source) -> list[Pair]:
    """All pairs."""
    return list(read_pairs(source))
