import pytest
from pydantic import ValidationError

from models.decoding import DecodingConfig, build_search
from models.decoding.beam import BeamSearch
from models.decoding.greedy import GreedySearch
from models.decoding.sampling import SamplingSearch


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"beam": 2, "n_best": 3}, "n_best.*beam"),
        ({"strategy": "greedy", "temperature": 0.5}, "temperature.*sampling.*greedy"),
        ({"strategy": "greedy", "beam": 3, "n_best": 2}, "beam, n_best.*greedy"),
        ({"strategy": "sampling", "length_penalty": 1.0}, "length_penalty.*beam.*sampling"),
        ({"strategy": "beam", "top_k": 3, "top_p": 0.5}, "top_k, top_p.*sampling.*beam"),
        ({"minimum_length": 9, "maximum_length": 8}, "minimum_length.*maximum_length"),
        ({"strategy": "viterbi"}, "strategy"),
        ({"length_penalty": -1.0}, "length_penalty"),
        ({"top_p": 0.0}, "top_p"),
        ({"seed": 2**31}, "seed"),
    ],
)
def test_an_impossible_combination_names_its_keys(settings, named):
    with pytest.raises(ValidationError, match=named):
        DecodingConfig.model_validate(settings)


@pytest.mark.parametrize("strategy", ["greedy", "beam", "sampling"])
def test_a_configuration_survives_being_written_out(strategy):
    config = DecodingConfig(strategy=strategy, no_repeat_ngram=3)
    assert DecodingConfig.model_validate(config.model_dump()) == config


@pytest.mark.parametrize(
    ("strategy", "search"),
    [("greedy", GreedySearch), ("beam", BeamSearch), ("sampling", SamplingSearch)],
)
def test_every_strategy_is_built(strategy, search):
    assert isinstance(build_search(DecodingConfig(strategy=strategy)), search)
