import pytest

from components.pairs import TextPair
from components.training.validation import Validator

SOURCES = ["a b", "a b c", "a b c d e f", "a " * 60, "a b c d e"]


@pytest.fixture
def validator():
    pairs = [TextPair(source, "ein Hund") for source in SOURCES]
    found = Validator(None, pairs)
    found.outputs = ["ein Hund", "eine Katze", "ein", "Hund", ""]
    return found


def test_the_fixed_sentences_take_every_bucket_in_turn(validator):
    lengths = [sample.length for sample in validator.samples(4)]
    assert lengths == ["1-5", "6-10", "over 50", "1-5"]


def test_extremes_are_taken_from_every_bucket(validator):
    worst, best = validator.extremes(1)
    assert {s.length for s in worst} == {s.length for s in best} == {"1-5", "6-10", "over 50"}
    assert next(s for s in worst if s.length == "1-5").output == ""
    assert best[0].output == "ein Hund"
    assert [s.chrf for s in worst] == sorted(s.chrf for s in worst)
    assert len(validator.extremes(2).worst) == 4
