"""Schedules at the updates where their formulas are plain numbers."""

import pytest

from models.training.config import ScheduleConfig
from models.training.schedules import scale


@pytest.mark.parametrize(
    ("keys", "update", "expected"),
    [
        ({}, 1, 1.0),
        ({"warm_up": 10}, 1, 0.1),
        ({"warm_up": 10}, 10, 1.0),
        ({"warm_up": 10}, 11, 1.0),
        ({"kind": "inverse_square_root", "warm_up": 100}, 50, 0.5),
        ({"kind": "inverse_square_root", "warm_up": 100}, 400, 0.5),
        ({"kind": "inverse_square_root"}, 4, 0.5),
        ({"kind": "cosine", "warm_up": 100, "steps": 300}, 200, 0.5),
        ({"kind": "cosine", "warm_up": 100, "steps": 300}, 150, 0.5 + 0.5 * 2**-0.5),
        ({"kind": "cosine", "steps": 300}, 1000, 0.0),
    ],
)
def test_the_factor(keys, update, expected):
    assert scale(ScheduleConfig(**keys), update) == pytest.approx(expected, abs=1e-12)


def test_only_plateau_heeds_plateaus():
    assert scale(ScheduleConfig(kind="plateau", warm_up=2), 3, plateau=0.25) == 0.25
    assert scale(ScheduleConfig(kind="plateau", warm_up=2), 1, plateau=0.25) == 0.5
    assert scale(ScheduleConfig(), 3, plateau=0.25) == 1.0
