"""The demonstration: every planted fault is found by the rule that it was planted for."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from corpora.config import CorporaConfig
from corpora.rules.config import CleaningConfig
from corpora.rules.report import KEPT, READ, WRITTEN
from corpora.sample import planted_lines
from tests.components.test_cleaning import cleaned

DEMO = yaml.safe_load(Path("configs/corpora-demo.yaml").read_text())
PLANTED = [corpus for corpus in DEMO["corpora"]["list"] if "fault_every" in corpus]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    corpora = CorporaConfig.model_validate_json(json.dumps(DEMO["corpora"]))
    cleaning = CleaningConfig.model_validate_json(json.dumps(DEMO["cleaning"]))
    report = cleaned(folder, corpora, cleaning)
    with gzip.open(folder / "report" / "rejects.jsonl.gz", "rt", encoding="utf-8") as file:
        rejects = [json.loads(line) for line in file]
    return report, rejects


def test_kept_and_dropped_are_what_was_read(run):
    report, rejects = run
    assert report.total(READ) == report.total(KEPT) + len(rejects)
    assert Counter(row["rule"] for row in rejects) == {
        rule: report.total(rule) for rule in report.rules
    }


@pytest.mark.parametrize("corpus", PLANTED, ids=lambda corpus: corpus["name"])
def test_every_planted_fault_is_found(run, corpus):
    _, rejects = run
    found = {
        row["line"]: row["rule"]
        for row in rejects
        if row["corpus"] == corpus["name"] and row["split"] == "train"
    }
    lines = planted_lines(corpus["seed"], corpus["pairs"], corpus["fault_every"])["train"]
    planted = {number: line.rule for number, line in enumerate(lines, 1) if line.rule}
    assert len(set(planted.values())) == 12
    assert {number: found.get(number) for number in planted} == planted


def test_seven_formats():
    assert len({corpus.get("write_as", "text") for corpus in DEMO["corpora"]["list"]}) == 7


def test_a_weight_of_one_half(run):
    report, _ = run
    kept, thinned = report.total(KEPT, "crawl", "train"), report.total("weight", "crawl")
    assert abs(kept - thinned) < 0.1 * (kept + thinned)
    assert report.total(WRITTEN, "crawl", "train") == kept
