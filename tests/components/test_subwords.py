import random

import pytest
import sentencepiece

from components.subwords import SubwordSettings, sample_sentences, train_subwords
from foundation.errors import UserError

WORDS = [
    "der",
    "die",
    "das",
    "kleine",
    "große",
    "Hund",
    "Katze",
    "Haus",
    "schläft",
    "läuft",
    "sieht",
    "morgen",
    "heute",
    "nicht",
]


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    generator = random.Random(1)
    return [" ".join(generator.choices(WORDS, k=6)) for _ in range(400)]


def load(model: bytes) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_proto=model)


@pytest.mark.parametrize("kind", ["unigram", "bpe", "word", "char"])
def test_the_special_ids_are_the_same_for_every_kind(sentences, kind):
    vocabulary = 40 if kind in ("unigram", "bpe") else 18
    processor = load(train_subwords(sentences, SubwordSettings(kind=kind, vocabulary=vocabulary)))
    found = (processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id())
    assert found == (0, 1, 2, 3)


def test_the_model_does_not_depend_on_the_order_of_sentences(sentences):
    settings = SubwordSettings(vocabulary=50)
    shuffled = random.Random(2).sample(sentences, len(sentences))
    assert train_subwords(sentences, settings) == train_subwords(shuffled, settings)


def test_the_sample_is_bounded_and_drawn_from_all_sentences(sentences):
    numbered = [f"{i} {sentence}" for i, sentence in enumerate(sentences)]
    sample = sample_sentences(numbered, 50)
    assert len(set(sample)) == 50
    assert set(sample) <= set(numbered)
    assert any(sentence in numbered[300:] for sentence in sample)


def test_a_vocabulary_that_is_too_large_is_cut_to_what_the_corpus_fills(sentences):
    processor = load(train_subwords(sentences, SubwordSettings(vocabulary=4000)))
    assert processor.get_piece_size() < 4000


def test_symbols_of_the_user_are_single_pieces(sentences):
    settings = SubwordSettings(vocabulary=60, symbols=("<en>",))
    processor = load(train_subwords(sentences, settings))
    assert "<en>" in processor.encode("<en> der Hund", out_type=str)


def test_bytes_stand_in_for_unseen_characters(sentences):
    settings = SubwordSettings(kind="bpe", vocabulary=330, byte_fallback=True)
    processor = load(train_subwords(sentences, settings))
    assert processor.decode(processor.encode("Ω der Hund")) == "Ω der Hund"


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_vocabulary_smaller_than_the_alphabet_is_one_sentence(sentences, kind):
    with pytest.raises(UserError, match=r"raise subwords\.vocabulary"):
        train_subwords(sentences, SubwordSettings(kind=kind, vocabulary=8))
