"""What is measured of pairs, against counting by hand."""

import pytest

from components.watching.features import BATCH, Sentences, batches, measure
from foundation.vocabulary import UNKNOWN
from tests.components.watching.corpora import SUBWORDS

SENTENCES = Sentences(
    ["the small dog", "", "漢 my old house 12", "my sister has bought an old house"],
    ["der kleine Hund", "Garten", "ein altes Haus", "meine Schwester hat ein altes Haus gekauft"],
    ["a", "a", "b", "b"],
)


@pytest.fixture(scope="module")
def measured():
    return measure(SENTENCES, SUBWORDS, SUBWORDS).to_pydict()


def test_lengths_ratio_and_corpus(measured):
    for side in ("source", "target"):
        texts = getattr(SENTENCES, side)
        assert measured[f"{side}_characters"] == [[len(text)] for text in texts]
        assert measured[f"{side}_subwords"] == [[len(SUBWORDS.encode(text))] for text in texts]
    ratios = [15 / 13, 6 / 1, 14 / 17, 42 / 33]
    assert [ratio for [ratio] in measured["ratio"]] == pytest.approx(ratios)
    assert measured["corpus"] == [["a"], ["a"], ["b"], ["b"]]


def test_unknown_subwords_are_a_share(measured):
    ids = SUBWORDS.encode(SENTENCES.source[2])
    assert 0 < ids.count(UNKNOWN) < len(ids)
    assert measured["source_unknown"][2] == pytest.approx([ids.count(UNKNOWN) / len(ids)])
    assert measured["source_unknown"][1] == [0.0]


def test_scripts_of_letters_and_languages_of_longer_texts(measured):
    assert measured["source_script"][0] == ["Latin"] * 11
    assert measured["source_script"][1] is None
    assert sorted(set(measured["source_script"][2])) == ["Han", "Latin"]
    assert measured["source_language"] == [None, None, None, ["en"]]
    assert measured["target_language"] == [None, None, None, ["de"]]


def test_batches_hold_every_row_once():
    rows = [(str(i), "x", "c") for i in range(2 * BATCH + 1)]
    found = list(batches(rows))
    assert [len(batch.source) for batch in found] == [BATCH, BATCH, 1]
    assert [text for batch in found for text in batch.source] == [row[0] for row in rows]
