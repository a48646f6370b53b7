"""From what the user named to files on this disk: globs, downloads, the written sample."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from corpora.config import (
    CorporaConfig,
    Corpus,
    File,
    Files,
    Member,
    Remote,
    SampleCorpus,
    Sides,
    TextCorpus,
)
from corpora.elsewhere import Filesystem, copied, scheme
from corpora.fetch import fetch
from corpora.reading.records import Source
from corpora.sample import write_planted, write_sample
from foundation.errors import UserError
from foundation.languages import Languages


class _Places(NamedTuple):
    """Where files are kept and looked for; see locate."""

    cache: Path
    base: Path
    elsewhere: Filesystem | None


def locate(
    config: CorporaConfig,
    languages: Languages,
    cache: Path,
    folder: Path | None = None,
    elsewhere: Filesystem | None = None,
) -> list[Source]:
    """Every source of every corpus, in the order of the configuration.

    cache: where downloads and the sample are kept. folder: takes the place of config.folder.
    elsewhere: reads paths with a scheme, as gs://bucket/file.
    Raises UserError: a file is missing, cannot be downloaded, or has the wrong sum.
    """
    places = _Places(cache, folder or Path(config.folder), elsewhere)
    return [
        Source(corpus, split, paths, corpus.languages or languages, config.splits)
        for corpus in (_on_disk(corpus, cache) for corpus in config.list)
        for split, paths in _paths(corpus, places)
    ]


def digest(sources: list[Source]) -> str:
    """A digest of names, sizes and modification times: other data, other digest."""
    total = hashlib.blake2b(digest_size=16)
    for source in sources:
        for path in source.paths:
            status = Path(path).stat()
            total.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return total.hexdigest()


def _on_disk(corpus: Corpus, cache: Path) -> Corpus:
    """The sample as a corpus of the files into which it is written here; others as they are."""
    if not isinstance(corpus, SampleCorpus):
        return corpus
    member = corpus.model_dump(include=set(Member.model_fields)) | {"languages": corpus.languages}
    if corpus.write_as == "text":
        written = write_sample(cache / f"sample-{corpus.seed}", corpus.seed, corpus.pairs)
        files = {
            split: Sides(source=str(source), target=str(target))
            for split, (source, target) in written.items()
        }
        return TextCorpus(format="text", files=files, **member)
    folder = cache / f"sample-{corpus.seed}-{corpus.name}"
    paths = write_planted(folder, corpus.write_as, corpus.seed, corpus.pairs, corpus.fault_every)
    kind = corpus.write_as.removesuffix(".gz")
    files = {split: str(path) for split, path in paths.items()}
    return TypeAdapter(Corpus).validate_python({"format": kind, "files": files, **member})


def _paths(corpus: Corpus, places: _Places) -> list[tuple[str, tuple[str, ...]]]:
    """The split and the files of each source of a corpus."""
    return [
        (split, paths)
        for split, files in corpus.files.items()
        for paths in _groups(corpus, split, files, places)
    ]


def _groups(
    corpus: Corpus, split: str, files: Sides | Files, places: _Places
) -> list[tuple[str, ...]]:
    """The files that are read together: two for line-aligned text, else one."""
    if not isinstance(files, Sides):
        return [(path,) for path in _expand(files, places)]
    sides = [_expand(side, places) for side in (files.source, files.target)]
    if len(sides[0]) != len(sides[1]):
        raise UserError(
            f"corpora.list: {corpus.name}.files.{split}: {len(sides[0])} source files but "
            f"{len(sides[1])} target files; name them in pairs."
        )
    return list(zip(*sides, strict=True))


def _expand(files: Files, places: _Places) -> list[str]:
    entries = (files,) if isinstance(files, File) else files
    return [path for entry in entries for path in _found(entry, places)]


def _found(entry: File, places: _Places) -> list[str]:
    """The local files of one entry, sorted by name."""
    if isinstance(entry, Remote):
        return [str(fetch(entry, places.cache, places.base))]
    if scheme(entry) not in ("", "file"):
        if places.elsewhere is None:
            raise UserError(f"{entry} is not on this disk; copy it here and name the copy.")
        return copied(entry, places.elsewhere, places.cache)
    entry = entry.removeprefix("file://")
    path = (places.base / Path(entry).expanduser()).absolute()
    if path.exists():
        return [str(path)]
    matches = sorted(map(str, Path(path.anchor).glob(str(path.relative_to(path.anchor)))))
    if not matches:
        raise UserError(
            f"{path} does not exist; correct it in the configuration, or name the folder "
            "that holds it in CORPUS_DIR."
        )
    return matches
