"""A corpus that is fine passes; one made bad is told in a sentence, for its own reason alone."""

import pytest

from components.watching.config import WatchSettings
from components.watching.schema import category_chance, number_chance
from components.watching.verdict import as_json, from_json, judge
from foundation.languages import Languages
from tests.components.watching.corpora import pairs, statistics, swapped

EN_DE = Languages(source="en", target="de")
SIZES = {"train": 1500, "validation": 120, "test": 120}


def splits(**changed):
    return {
        name: statistics(changed.get(name, pairs(size, seed=len(name))))
        for name, size in SIZES.items()
    }


def found(corpus, earlier=None, **settings):
    return judge(corpus, earlier, WatchSettings(**settings), EN_DE).findings


@pytest.fixture(scope="module")
def fine():
    return splits()


def test_a_good_corpus_passes_beside_another_sample_of_the_same(fine):
    assert found(fine, earlier=statistics(pairs(900, seed=77))) == []


def test_too_few_pairs(fine):
    [finding] = found(fine, pairs={"train": 2000})
    assert finding.stops and finding.split == "train"
    assert "train has 1,500 pairs and needs 2,000" in finding.sentence


def test_source_and_target_in_each_other_s_place():
    findings = found(splits(train=swapped(pairs(1500, seed=1))), skew=False)
    assert {finding.feature for finding in findings} == {"source_language", "target_language"}
    assert "recognised as en" in findings[0].sentence
    assert "swap source and target" in findings[0].sentence


def test_unknown_subwords():
    strange = pairs(1500, seed=1)
    strange = strange._replace(source=[text + " ☃☃ ☃" for text in strange.source])
    findings = found(splits(train=strange), skew=False, language=False, unknown=0.02)
    [finding] = [f for f in findings if f.kind == "limit"]
    assert finding.feature == "source_unknown" and "subwords.byte_fallback" in finding.sentence


def test_lines_that_do_not_belong_together():
    torn = pairs(1500, seed=1)
    torn = torn._replace(target=[text[:6] for text in torn.target])
    findings = found(splits(train=torn), skew=False, language=False)
    [finding] = [f for f in findings if f.kind == "limit"]
    assert finding.feature == "ratio" and "check that its lines belong together" in finding.sentence


@pytest.mark.parametrize(("reaction", "stops"), [("warn", False), ("stop", True)])
def test_drift_from_the_corpus_of_the_served_model(fine, reaction, stops):
    longer = statistics(pairs(1500, seed=9, longest=9))
    findings = found(fine, earlier=longer, drift=reaction)
    assert findings and {f.kind for f in findings} == {"drift"}
    assert all(f.stops == stops for f in findings)
    assert "characters" in findings[0].sentence or "subwords" in findings[0].sentence
    assert found(fine, earlier=longer, drift=False) == []


def test_skew_between_the_splits():
    findings = found(splits(test=pairs(120, seed=4, longest=12)))
    assert {(f.kind, f.split) for f in findings} == {("skew", "test")}
    assert not any(f.stops for f in findings)


def test_findings_stand_in_tfdv_s_anomalies(fine):
    verdict = judge(fine, None, WatchSettings(pairs={"train": 2000}), EN_DE)
    [reason] = verdict.anomalies["train"].dataset_anomaly_info.reason
    assert reason.description == verdict.findings[0].sentence
    assert from_json(as_json(verdict.findings)) == verdict.findings


def test_chance_shrinks_with_the_samples():
    assert number_chance(10_000, 10_000) < number_chance(100, 10_000) < number_chance(100, 100)
    assert category_chance(10_000, 10_000) < category_chance(100, 10_000)
