"""The cleaning in Beam: what is dropped, by which rule, and that everything adds up."""

import gzip
import json
from collections import Counter
from pathlib import Path

import apache_beam as beam
import pytest

from components.cleaning.work import Task
from components.corpus_cleaner import clean_shards, write_report
from components.raw_pairs import write_chunk
from components.shards import read_records, shard_paths
from components.wire import decode_example
from corpora.config import CorporaConfig
from corpora.locate import locate
from corpora.reading import chunks
from corpora.rules.config import CleaningConfig
from corpora.rules.report import KEPT, READ, WRITTEN, Report, from_json
from foundation.languages import Languages

LANGUAGES = Languages(source="en", target="de")

TRAIN = [
    ("The dog is sleeping.", "Der Hund schläft."),
    ("The cat is eating.", "Die Katze frisst."),
    ("The dog is sleeping.", "Der Hund schläft."),
    ("the dog is sleeping!", "der hund schläft"),
    ("", "Nichts."),
    ("A\u0301  gift\u0007.", "Ein  Geschenk."),
    ("12345 67890 12345", "Zahlen und noch mehr Wörter hier."),
    ("Same on both sides", "Same on both sides"),
    ("Yes", "Nein, das ist eine sehr lange Antwort auf eine kurze Frage, die keiner stellte."),
    ("He asked me this.", "Das fragte er mich."),
    ("Something else.", "Das ist ein Test."),
]
TEST = [
    ("he asked  me THIS.", "Er fragte es."),
    ("Another test.", "Das ist ein Test."),
    ("Another test.", "Das ist ein Test."),
]
VALIDATION = [("Good morning, my friend.", "Guten Morgen, mein Freund.")]
EXPECTED = {
    KEPT: 3,
    "duplicate": 1,
    "near_duplicate": 1,
    "empty": 1,
    "letters": 1,
    "identical": 1,
    "ratio": 1,
    "leakage": 2,
}


def write_text(folder: Path, split: str, pairs) -> dict[str, str]:
    for side, language in enumerate(("en", "de")):
        text = "".join(pair[side] + "\n" for pair in pairs)
        (folder / f"{split}.{language}").write_text(text, encoding="utf-8")
    return {"source": f"{split}.en", "target": f"{split}.de"}


def corpora(folder: Path, train=TRAIN, **options) -> CorporaConfig:
    files = {
        "train": write_text(folder, "train", train),
        "validation": write_text(folder, "validation", VALIDATION),
        "test": write_text(folder, "test", TEST),
    }
    corpus = {"name": "c", "format": "text", "files": files, **options}
    return CorporaConfig.model_validate_json(json.dumps({"folder": str(folder), "list": [corpus]}))


def cleaned(tmp_path: Path, config: CorporaConfig, cleaning: CleaningConfig) -> Report:
    """Reads and cleans into tmp_path/clean."""
    pieces = [chunk for source in locate(config, LANGUAGES, tmp_path) for chunk in chunks(source)]
    for numbered in enumerate(pieces):
        write_chunk(numbered, str(tmp_path / "raw"), config.splits)
    task = Task(
        cleaning=cleaning,
        languages=LANGUAGES,
        weights={corpus.name: corpus.weight for corpus in config.list},
        folder=str(tmp_path / "report" / "work"),
        output=str(tmp_path / "clean"),
    )
    report = clean_shards(str(tmp_path / "raw"), task, beam.Pipeline("DirectRunner"))
    write_report(report, tmp_path / "report", tmp_path / "report" / "work")
    return report


def texts(tmp_path: Path, split: str) -> list[tuple[str, str]]:
    features = [
        decode_example(record)
        for path in shard_paths(str(tmp_path / "clean"), split)
        for record in read_records(path)
    ]
    return [(f["source"].decode(), f["target"].decode()) for f in features]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cleaning")
    return folder, cleaned(folder, corpora(folder), CleaningConfig())


def test_every_fault_is_found_by_its_rule(run):
    _, report = run
    assert {rule: report.total(rule, split="train") for rule in EXPECTED} == EXPECTED


def test_kept_and_dropped_are_what_was_read(run):
    _, report = run
    assert report.total(READ) == len(TRAIN) + len(TEST) + len(VALIDATION)
    dropped = sum(report.total(rule) for rule in report.rules)
    assert report.total(KEPT) + dropped == report.total(READ)


def test_kept_pairs_are_repaired(run):
    folder, _ = run
    assert texts(folder, "train") == [TRAIN[0], TRAIN[1], ("Á gift.", "Ein Geschenk.")]


def test_held_out_splits_stay_as_they_are(run):
    folder, _ = run
    assert texts(folder, "test") == TEST
    assert texts(folder, "validation") == VALIDATION


def test_rejects_name_rule_file_and_line(run):
    folder, report = run
    with gzip.open(folder / "report" / "rejects.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    found = {(row["rule"], row["line"]) for row in rows}
    assert found == {
        ("duplicate", 3),
        ("near_duplicate", 4),
        ("empty", 5),
        ("letters", 7),
        ("identical", 8),
        ("ratio", 9),
        ("leakage", 10),
        ("leakage", 11),
    }
    assert {row["file"] for row in rows} == {str(folder / "train.en")}
    assert Counter(row["rule"] for row in rows) == {
        rule: report.total(rule) for rule in report.rules
    }


def test_the_report_is_a_table_a_picture_and_json(run):
    folder, report = run
    assert from_json((folder / "report" / "report.json").read_text()) == report
    table = (folder / "report" / "report.md").read_text()
    assert "near_duplicate" in table and "| all" in table
    assert (folder / "report" / "report.png").read_bytes().startswith(b"\x89PNG")
    assert not (folder / "report" / "work").exists()


def test_rules_can_be_switched_off(tmp_path):
    off = CleaningConfig(
        empty=False,
        characters=False,
        tokens=False,
        ratio=False,
        identical=False,
        letters=False,
        duplicates=False,
        near_duplicates=False,
        leakage=False,
        unicode=False,
        spaces=False,
    )
    report = cleaned(tmp_path, corpora(tmp_path), off)
    assert report.rules == []
    assert texts(tmp_path, "train") == TRAIN


@pytest.mark.parametrize(("weight", "expected"), [(2.0, 2000), (0.25, 250), (1.5, 1500)])
def test_weights_repeat_or_thin_out_training_pairs(tmp_path, weight, expected):
    pairs = [(f"Sentence {'a' * (i % 40)} {i}", f"Satz {'b' * (i // 40)} {i}") for i in range(1000)]
    config = corpora(tmp_path, pairs, weight=weight)
    cleaning = CleaningConfig(near_duplicates=False, letters=False)
    report = cleaned(tmp_path, config, cleaning)
    written = report.total(WRITTEN, split="train")
    assert abs(written - expected) < 60
    assert len(texts(tmp_path, "train")) == written
    assert len(texts(tmp_path, "test")) == len(TEST)
    assert report.total(KEPT, split="train") + report.total("weight") == 1000
