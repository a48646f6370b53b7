"""Corpora on a filesystem that is none of this disk's: one in memory, registered with Beam."""

import io
import json
from collections.abc import Iterator

import pytest
from apache_beam.io.filesystem import BeamIOError, FileMetadata, FileSystem

from components.filesystems import BeamFilesystem
from corpora.config import CorporaConfig
from corpora.locate import digest, locate
from corpora.reading import read_pairs
from foundation.errors import UserError
from foundation.languages import Languages

LANGUAGES = Languages(source="en", target="de")
STORED: dict[str, tuple[bytes, float]] = {}


class ShelfFileSystem(FileSystem):
    """Files in a dictionary, under shelf://."""

    @classmethod
    def scheme(cls) -> str:
        return "shelf"

    def has_dirs(self) -> bool:
        return False

    def _list(self, dir_or_prefix: str) -> Iterator[FileMetadata]:
        for path, (content, updated) in STORED.items():
            if path.startswith(dir_or_prefix):
                yield FileMetadata(path, len(content), updated)

    def open(self, path, mime_type="", compression_type="auto"):
        if path not in STORED:
            raise BeamIOError(f"no file {path}")
        return io.BytesIO(STORED[path][0])

    def exists(self, path):
        return path in STORED

    def join(self, basepath, *paths):
        return "/".join([basepath.rstrip("/"), *paths])

    def split(self, path):
        return tuple(path.rsplit("/", 1))

    def _refused(self, *arguments, **options):
        raise AssertionError("a corpus is only read")

    def metadata(self, path):
        return FileMetadata(path, len(STORED[path][0]), STORED[path][1])

    mkdirs = create = copy = rename = delete = size = _refused
    last_updated = checksum = _refused


@pytest.fixture(autouse=True)
def shelf(monkeypatch):
    monkeypatch.setitem(STORED, "shelf://data/a.tsv", (b"a dog\tein Hund\n", 1.0))
    monkeypatch.setitem(STORED, "shelf://data/b.tsv", (b"a cat\teine Katze\n", 1.0))


def located(tmp_path, path: str):
    corpus = {"name": "far", "format": "tsv", "files": {"all": path}}
    config = CorporaConfig.model_validate_json(json.dumps({"list": [corpus]}))
    return locate(config, LANGUAGES, tmp_path, None, BeamFilesystem())


def test_a_glob_on_a_registered_filesystem_is_read(tmp_path):
    sources = located(tmp_path, "shelf://data/*.tsv")
    pairs = [(pair.source, pair.target) for source in sources for pair in read_pairs(source)]
    assert pairs == [("a dog", "ein Hund"), ("a cat", "eine Katze")]
    assert not list(tmp_path.rglob("*.partial"))


def test_another_version_of_a_file_is_copied_again_and_the_same_is_not(tmp_path, monkeypatch):
    before = digest(located(tmp_path, "shelf://data/a.tsv"))
    assert digest(located(tmp_path, "shelf://data/a.tsv")) == before
    monkeypatch.setitem(STORED, "shelf://data/a.tsv", (b"a fox\tein Fuchs\n", 2.0))
    sources = located(tmp_path, "shelf://data/a.tsv")
    assert digest(sources) != before
    assert [pair.source for pair in read_pairs(sources[0])] == ["a fox"]


def test_a_file_address_is_a_path_of_this_disk(tmp_path):
    (tmp_path / "near.tsv").write_text("a dog\tein Hund\n")
    [source] = located(tmp_path, f"file://{tmp_path}/near.tsv")
    assert source.paths == (str(tmp_path / "near.tsv"),)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("shelf://data/none.tsv", "shelf://data/none.tsv does not exist"),
        ("moon://data/a.tsv", "Beam has no filesystem for moon://"),
        ("s3://bucket/a.tsv", r"(Beam has no filesystem for s3://|cannot be read)"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, path, sentence):
    with pytest.raises(UserError, match=sentence):
        located(tmp_path, path)


def test_a_file_that_changes_while_it_is_copied_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(ShelfFileSystem, "open", lambda *_, **__: io.BytesIO(b"half"))
    with pytest.raises(UserError, match="changed while it was copied"):
        located(tmp_path, "shelf://data/a.tsv")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
