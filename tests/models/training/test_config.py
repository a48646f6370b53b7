"""What a configuration may say, and what it may not."""

import pytest
from pydantic import ValidationError

from models.training.config import TrainingConfig


def test_an_objective_is_chosen_by_its_kind():
    config = TrainingConfig.model_validate(
        {"objective": {"kind": "minimum_risk", "samples": 4, "reward": "chrf"}}
    )
    assert config.objective.samples == 4
    assert TrainingConfig().objective.kind == "cross_entropy"


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"objective": {"kind": "reinforce", "sharpness": 1.0}}, "sharpness"),
        ({"objective": {"kind": "magic"}}, "minimum_risk"),
        ({"bptt": {"window": 0}}, "greater than or equal to 1"),
        ({"bptt": {"window": 5}, "objective": {"kind": "reinforce"}}, "set bptt to full"),
        ({"xla": True}, "set batch.sentences"),
        ({"xla": True, "bptt": {"window": 3}}, "bptt full"),
        ({"average": {"over": "last"}}, "exceeds keep"),
        ({"clip": {"by": "norm"}}, "clip.by"),
        ({"epoch": 3}, "epoch"),
    ],
)
def test_what_is_refused(keys, sentence):
    with pytest.raises(ValidationError, match=sentence):
        TrainingConfig.model_validate(keys)
