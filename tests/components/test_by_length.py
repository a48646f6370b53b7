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
    pairs = [TextPair("w " * words, reference) for words in [3] * 20 + [12] * 40]
    scores = bleu_by_length(pairs, [reference] * 40 + ["x"] * 20)
    assert [(s.length, s.sentences) for s in scores] == [("1-5", 20), ("11-15", 40)]
    assert scores[0].bleu == pytest.approx(100)
    assert scores[1].bleu < 90


@pytest.mark.parametrize(
    ("lengths", "groups"),
    [
        ({3: 5, 8: 5, 12: 10, 18: 20, 60: 3}, [("1-15", 20), ("over 15", 23)]),
        ({8: 25, 35: 19, 60: 1}, [("6-10", 25), ("over 30", 20)]),
        ({8: 25, 18: 4}, [("6-20", 29)]),
        ({8: 2, 18: 4}, [("6-20", 6)]),
        ({60: 30}, [("over 50", 30)]),
        ({3: 6, 60: 3}, [("all", 9)]),
        ({}, []),
    ],
)
def test_a_bucket_of_few_sentences_joins_its_neighbour(lengths, groups):
    pairs = [TextPair("w " * words, "ein Hund") for words in lengths for _ in range(lengths[words])]
    scores = bleu_by_length(pairs, ["ein Hund"] * len(pairs))
    assert [(score.length, score.sentences) for score in scores] == groups
