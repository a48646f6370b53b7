"""TF-Text's ids against SentencePiece's own, and round trips over Unicode."""

import unicodedata

import pytest
import sentencepiece
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.vocabulary import BEGIN, END, PAD
from models import subwords
from tests.subword_models import SENTENCES
from tests.subword_models import train_subwords as train


@pytest.fixture(scope="module", params=["unigram", "bpe"])
def model(request) -> bytes:
    return train(request.param, 90)


@pytest.fixture(scope="module")
def byte_model() -> bytes:
    return train("unigram", 360, byte_fallback=True, normalization_rule_name="nfkc")


def test_ids_equal_sentencepiece(model):
    texts = [*SENTENCES[:4], "ein unbekanntes Wort: Ωμέγα", ""]
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    expected = [[*processor.encode(text), END] for text in texts]
    assert subwords.tokenise(tf.constant(texts), model).to_list() == expected


def test_detokenise_leaves_out_padding_begin_and_end(model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    ids = processor.encode(SENTENCES[0])
    padded = tf.constant([[BEGIN, *ids, END, PAD, PAD]])
    assert subwords.detokenise(padded, model).numpy()[0].decode() == SENTENCES[0]


def test_two_models_in_one_graph_stay_apart():
    first, second = train("unigram", 60), train("unigram", 100)

    @tf.function
    def both(text):
        return subwords.tokenise(text, first), subwords.tokenise(text, second)

    text = tf.constant(SENTENCES[:1])
    for found, model in zip(both(text), (first, second), strict=True):
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        assert found.to_list() == [[*processor.encode(SENTENCES[0]), END]]


def test_vocabulary_size_and_pieces(model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    assert subwords.vocabulary_size(model) == processor.get_piece_size()
    ids = [[4, 5, 6]]
    pieces = [piece.decode() for piece in subwords.pieces(tf.constant(ids), model).numpy()[0]]
    assert pieces == [processor.id_to_piece(i) for i in ids[0]]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")), max_size=40))
def test_round_trip_is_normalisation(byte_model, text):
    """With byte fallback nothing is lost but what NFKC and the folding of spaces change."""
    ids = subwords.tokenise(tf.constant([text]), byte_model).to_tensor()
    found = subwords.detokenise(ids, byte_model).numpy()[0].decode()
    processor = sentencepiece.SentencePieceProcessor(model_proto=byte_model)
    assert found == processor.decode(processor.encode(text))
    assert "".join(found.split()) == "".join(unicodedata.normalize("NFKC", text).split())
