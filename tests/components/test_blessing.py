import pytest

from components.blessing import EvaluationSettings, judge

SETTINGS = EvaluationSettings(floor=20.0, margin=0.5)


@pytest.mark.parametrize(
    ("candidate", "served", "blessed"),
    [
        (20.0, None, True),
        (19.9, None, False),
        (30.0, 29.0, True),
        (30.0, 29.5, False),  # the margin must be exceeded
        (30.0, 31.0, False),
        (10.0, 5.0, True),  # the floor is for a first model only
    ],
)
def test_judge(candidate, served, blessed):
    assert judge(candidate, served, SETTINGS).blessed is blessed


def test_a_negative_margin_lets_a_slightly_worse_model_pass():
    assert judge(29.8, 30.0, EvaluationSettings(margin=-0.5)).blessed


def test_the_reason_gives_the_numbers():
    assert judge(30.0, 29.0, SETTINGS).reason == (
        "BLEU 30.0 against 29.0 of the served model: +1.0 > margin 0.5"
    )
