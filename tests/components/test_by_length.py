import pytest

from components.by_length import bleu_by_length, bucket_label, bucket_of
from components.pairs import TextPair


@pytest.mark.parametrize(
    ("words", "label"), [(1, "1-5"), (5, "1-5"), (6, "6-10"), (50, "41-50"), (51, "over 50")]
)
def test_a_sentence_is_in_the_bucket_of_its_words(words, label):
    assert bucket_label(bucket_of(" ".join(["w"] * words))) == label


def test_every_bucket_is_scored_by_its_own_sentences():
    reference = "vier Worte sind hier drin"
    pairs = [TextPair("w " * words, reference) for words in (3, 12, 12)]
    scores = bleu_by_length(pairs, [reference, reference, "x"])
    assert [(s.length, s.sentences) for s in scores] == [("1-5", 1), ("11-15", 2)]
    assert scores[0].bleu == pytest.approx(100)
    assert scores[1].bleu < 90
