"""Subword sampling: the same texts in other pieces, as often as the papers say, by the seed."""

from collections import Counter
from itertools import chain, product
from math import exp
from random import Random

import numpy as np
import pytest
import sentencepiece
from hypothesis import given, settings
from hypothesis import strategies as st

from components.subword_sampling import build_sampler
from foundation.vocabulary import END
from models.training.config import SubwordSamplingConfig
from tests.subword_models import SENTENCES, train_subwords

MODELS = {kind: train_subwords(kind) for kind in ("unigram", "bpe")}


def processor(kind):
    return sentencepiece.SentencePieceProcessor(model_proto=MODELS[kind])


def sampler(kind, **keys):
    return build_sampler(MODELS[kind], kind, SubwordSamplingConfig(**keys))


def encoded(kind, texts):
    rows = [[*ids, END] for ids in processor(kind).encode(texts)]
    return np.array(list(chain.from_iterable(rows)), np.int64), np.array(list(map(len, rows)))


def rows_of(ids, lengths):
    return [row.tolist() for row in np.split(ids, np.cumsum(lengths)[:-1])]


@pytest.mark.parametrize("kind", MODELS)
@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(st.text("abcdeßä 漢\u3000☃.▁"), min_size=1, max_size=5),
    seed=st.integers(0, 9),
)
def test_any_text_stays_the_same_text(kind, texts, seed):
    ids, lengths = encoded(kind, texts + SENTENCES)
    rows = rows_of(*sampler(kind, alpha=0.3)(ids, lengths, np.random.default_rng(seed)))
    assert len(rows) == len(lengths)
    assert all(row[-1] == END and END not in row[:-1] for row in rows)
    assert processor(kind).decode(rows) == processor(kind).decode(rows_of(ids, lengths))


@pytest.mark.parametrize("kind", MODELS)
def test_the_generator_alone_decides(kind):
    ids, lengths = encoded(kind, SENTENCES)
    first, again = (sampler(kind)(ids, lengths, np.random.default_rng(7)) for _ in range(2))
    other, _ = sampler(kind)(ids, lengths, np.random.default_rng(8))
    np.testing.assert_array_equal(first[0], again[0])
    assert first[0].tolist() != other.tolist()


@pytest.mark.parametrize("kind", MODELS)
def test_by_default_sentences_grow_a_little(kind):
    ids, lengths = encoded(kind, SENTENCES)
    _, sampled = sampler(kind)(ids, lengths, np.random.default_rng(3))
    usual = sampler(kind, alpha={"unigram": 0.3, "bpe": 0.1}[kind])
    _, explicit = usual(ids, lengths, np.random.default_rng(3))
    assert sampled.tolist() == explicit.tolist()
    assert 1 < sampled.sum() / lengths.sum() < 1.5


def test_unigram_segmentations_come_as_often_as_their_probability_says():
    model = processor("unigram")
    pieces = {model.id_to_piece(i): i for i in range(4, model.get_piece_size())}
    word = "▁Hund"
    # Every way to cut the word, by enumeration, and the power of its probability.
    weights = {}
    for cuts in product([False, True], repeat=len(word) - 1):
        parts, start = [], 0
        for end, cut in enumerate([*cuts, True], 1):
            if cut:
                parts.append(word[start:end])
                start = end
        if all(part in pieces for part in parts):
            ids = tuple(pieces[part] for part in parts)
            weights[ids] = exp(0.4 * sum(model.get_score(i) for i in ids))
    assert len(weights) > 2
    drawing, random = sampler("unigram", alpha=0.4), Random(1)
    ids = tuple(model.encode("Hund"))
    drawn = Counter(drawing.segment(ids, random.random) for _ in range(20_000))
    assert drawn.keys() <= weights.keys()
    for ids, weight in weights.items():
        assert drawn[ids] / 20_000 == pytest.approx(weight / sum(weights.values()), abs=0.02)


def test_bpe_without_dropout_merges_as_sentencepiece_does_and_with_all_of_it_not_at_all():
    ids, lengths = encoded("bpe", SENTENCES)
    same, _ = sampler("bpe", alpha=0.0)(ids, lengths, np.random.default_rng(1))
    np.testing.assert_array_equal(same, ids)
    characters, _ = sampler("bpe", alpha=1.0)(ids, lengths, np.random.default_rng(1))
    model = processor("bpe")
    assert {len(model.id_to_piece(int(i))) for i in characters if i != END} == {1}


def test_a_merge_is_passed_over_as_often_as_alpha_says():
    model = processor("bpe")
    ids = tuple(model.encode("ist"))  # "▁", "i", "s", "t" want three merges
    drawing, random = sampler("bpe", alpha=0.2), Random(1)
    unmerged = Counter(len(drawing.segment(ids, random.random)) for _ in range(20_000))[4] / 20_000
    names = "▁ist"
    possible = sum(
        names[i : i + 2] in {model.id_to_piece(j) for j in range(model.get_piece_size())}
        for i in range(3)
    )
    assert possible and unmerged == pytest.approx(0.2**possible, abs=0.01)


@pytest.mark.parametrize("kind", MODELS)
def test_words_that_pieces_do_not_spell_keep_their_ids(kind):
    ids, lengths = encoded(kind, ["xyz漢", ""])
    sampled, sizes = sampler(kind)(ids, lengths, np.random.default_rng(1))
    np.testing.assert_array_equal(sampled, ids)
    np.testing.assert_array_equal(sizes, lengths)
