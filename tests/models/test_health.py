"""Weights that are no numbers are reported by name."""

import numpy as np
import pytest

from foundation.errors import UserError
from models.config import ModelConfig, TranslatorSpec
from models.health import non_finite_weights, require_finite_weights
from models.translator import build_translator


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_broken_weight_is_named(bad):
    config = ModelConfig(units=4, embedding=4, dropout={"inputs": 0.1})
    translator = build_translator(
        TranslatorSpec(model=config, source_vocabulary=8, target_vocabulary=8)
    )
    require_finite_weights(translator)
    readout = translator.decoder.readout.kernel
    weights = readout.numpy()
    weights[1, 2] = bad
    readout.assign(weights)
    assert non_finite_weights(translator) == ["decoder/readout/kernel"]
    with pytest.raises(UserError, match="decoder/readout/kernel"):
        require_finite_weights(translator)
