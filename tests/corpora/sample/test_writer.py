"""The written sample: distinct pairs, disjoint splits, deterministic, atomic."""

import re
from itertools import islice

import pytest

from corpora.sample import distinct, stream, write_sample
from corpora.sample.adjectives import ADJECTIVES
from corpora.sample.nouns import NOUNS
from corpora.sample.verbs import VERBS

PAIRS = {"validation": 50, "test": 50, "train": 1000}


@pytest.fixture(scope="module")
def pairs():
    return list(islice(distinct(1), 25_000))


def test_enough_distinct_pairs(pairs):
    assert len({pair.english for pair in pairs}) == len(pairs)
    assert len({pair.german for pair in pairs}) == len(pairs)


def test_every_sentence_is_tidy(pairs):
    form = re.compile(r"[A-ZÄÖÜ][A-Za-zäöüÄÖÜß' ,-]*[a-zäöüß][.?]")
    for pair in pairs:
        for text in pair:
            assert form.fullmatch(text), text
            assert "  " not in text and " ," not in text and ",." not in text, text
        assert pair.english[-1] == pair.german[-1]


def test_sentences_are_short(pairs):
    words = [len(re.findall(r"\w+|[^\w\s]", text)) for pair in pairs for text in pair]
    assert 8 <= sum(words) / len(words) <= 11


def test_the_lexicon_is_used(pairs):
    text = " ".join(pair.english.lower() for pair in pairs)
    words = set(re.findall(r"[a-z]+", text))
    english = [entry.english for entry in (*NOUNS, *ADJECTIVES)]
    english += [entry.english.base for entry in VERBS]
    unused = [phrase for phrase in english if not set(phrase.lower().split()) <= words]
    assert unused == []
    assert len(set(english)) > 200


def test_the_stream_depends_on_the_seed_alone():
    assert list(islice(stream(3), 100)) == list(islice(stream(3), 100))
    assert list(islice(stream(3), 100)) != list(islice(stream(4), 100))


def test_splits_share_no_sentence(tmp_path):
    written = write_sample(tmp_path, seed=5, pairs=PAIRS)
    for side in (0, 1):
        lines = {split: files[side].read_text().splitlines() for split, files in written.items()}
        assert {split: len(found) for split, found in lines.items()} == PAIRS
        assert len(set().union(*lines.values())) == sum(PAIRS.values())


def test_what_is_there_is_left_and_what_is_damaged_is_mended(tmp_path):
    written = write_sample(tmp_path, seed=5, pairs=PAIRS)
    english, german = written["train"]
    content, untouched = english.read_bytes(), german.stat().st_mtime_ns
    english.write_bytes(content[:100])
    assert write_sample(tmp_path, seed=5, pairs=PAIRS) == written
    assert english.read_bytes() == content
    assert german.stat().st_mtime_ns == untouched
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{split}.{language}" for split in PAIRS for language in ("en", "de")
    }
