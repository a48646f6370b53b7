"""The corpora's configuration: what is refused, and how files are found."""

import json

import pytest
from pydantic import ValidationError

from corpora.config import CorporaConfig
from corpora.locate import digest, locate
from foundation.errors import UserError
from tests.corpora.sources import LANGUAGES

ALL = {"name": "c", "format": "tsv", "files": {"all": "*.tsv"}}


def config(*corpora: dict, **options) -> CorporaConfig:
    return CorporaConfig.model_validate_json(json.dumps({"list": corpora, **options}))


@pytest.mark.parametrize(
    ("corpora", "options", "message"),
    [
        ([], {}, "at least 1 item"),
        ([ALL, ALL], {}, "two corpora are named c"),
        ([{**ALL, "files": {"train": "a"}}], {}, "no corpus has files for validation, test"),
        ([{**ALL, "files": {"dev": "a"}}], {}, "'train', 'validation', 'test' or 'all'"),
        ([{**ALL, "format": "docx"}], {}, "docx"),
        ([{**ALL, "weight": 0}], {}, "greater than 0"),
        ([{**ALL, "keys": {"source": "a", "target": "b"}}], {}, "Extra inputs"),
        ([{**ALL, "name": "My corpus"}], {}, "pattern"),
        ([ALL], {"splits": {"validation": 0.5, "test": 0.5}}, "leave nothing for train"),
        ([ALL], {"splits": {"validation": 500, "test": 0.5}}, "both as numbers"),
        ([{"name": "s", "format": "sample", "pairs": {"train": 0}}], {}, "greater than or equal"),
    ],
)
def test_refused(corpora, options, message):
    with pytest.raises(ValidationError, match=message):
        config(*corpora, **options)


def test_globs_are_sorted_and_relative_to_the_folder(tmp_path):
    for name in ("b.tsv", "a.tsv", "sub.txt"):
        (tmp_path / name).write_text("x\ty\n")
    sources = locate(config(ALL, folder=str(tmp_path)), LANGUAGES, tmp_path)
    assert [source.paths for source in sources] == [
        (str(tmp_path / "a.tsv"),),
        (str(tmp_path / "b.tsv"),),
    ]
    assert {source.split for source in sources} == {"all"}


def test_corpus_dir_takes_the_place_of_the_folder(tmp_path):
    (tmp_path / "a.tsv").write_text("x\ty\n")
    [source] = locate(config(ALL, folder="/nowhere"), LANGUAGES, tmp_path, tmp_path)
    assert source.paths == (str(tmp_path / "a.tsv"),)


def test_nothing_found(tmp_path):
    with pytest.raises(UserError, match=r"\*\.tsv does not exist.*CORPUS_DIR"):
        locate(config(ALL, folder=str(tmp_path)), LANGUAGES, tmp_path)


def test_sides_come_in_pairs(tmp_path):
    for name in ("a.en", "b.en", "a.de"):
        (tmp_path / name).write_text("x\n")
    files = {"all": {"source": "*.en", "target": "*.de"}}
    corpus = {"name": "c", "format": "text", "files": files}
    with pytest.raises(UserError, match=r"c\.files\.all: 2 source files but 1 target files"):
        locate(config(corpus, folder=str(tmp_path)), LANGUAGES, tmp_path)


def test_the_digest_tells_other_data(tmp_path):
    file = tmp_path / "a.tsv"
    file.write_text("x\ty\n")
    sources = locate(config(ALL, folder=str(tmp_path)), LANGUAGES, tmp_path)
    before = digest(sources)
    assert digest(sources) == before
    file.write_text("x\tyy\n")
    assert digest(sources) != before


def test_the_sample_is_written_into_the_cache(tmp_path):
    sample = {"name": "s", "format": "sample", "pairs": {"train": 30, "validation": 5, "test": 5}}
    sources = locate(config(sample), LANGUAGES, tmp_path)
    assert [source.split for source in sources] == ["train", "validation", "test"]
    assert all(path.startswith(str(tmp_path)) for source in sources for path in source.paths)


def test_a_corpus_may_have_languages_of_its_own(tmp_path):
    (tmp_path / "a.tsv").write_text("x\ty\n")
    own = {**ALL, "languages": {"source": "fr", "target": "de"}}
    [source] = locate(config(own, folder=str(tmp_path)), LANGUAGES, tmp_path)
    assert source.languages.source == "fr"
