"""What the model's configuration refuses, and how it says so."""

import pytest
from pydantic import ValidationError

from models.config import ModelConfig, TranslatorSpec


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"cell": "grru"}, ["cell", "'grru'", "gru, lstm, simple"]),
        ({"cell": "nowhere:Cell"}, ["cell", "'nowhere'", "PYTHONPATH"]),
        ({"cell": "models.attention:Attention"}, ["cell", "must be a class that derives"]),
        ({"attention": "bahdanau"}, ["attention", "'bahdanau'", "additive"]),
        ({"attention": "models.attention:Absent"}, ["attention", "'Absent'"]),
        ({"attention": "none", "coverage": True}, ["coverage", "attention is none"]),
        ({"attention": "dot"}, ["attention dot", "encoder.merge"]),
        ({"attention": "general", "attention_units": 8}, ["attention_units", "general"]),
        ({"attention_heads": 2}, ["attention_heads", "multi_head", "additive"]),
        (
            {"attention": "multi_head", "attention_heads": 3},
            ["attention_units", "multiple", "attention_heads"],
        ),
        ({"cell": "gru", "activation": "relu"}, ["activation relu", "cell gru", "tanh"]),
        ({"bridge": "copy"}, ["bridge", "zeros"]),
        (
            {"bridge": "last", "decoder": {"layers": 2}},
            ["bridge last", "decoder.layers", "encoder.layers"],
        ),
        (
            {"encoder": {"residual_from": 1}},
            ["encoder.residual_from", "embedding", "units", "encoder.merge"],
        ),
        (
            {"encoder": {"layers": 2, "residual_from": 3}},
            ["encoder.residual_from", "encoder.layers"],
        ),
        ({"encoder": {"layers": 0}}, ["encoder.layers"]),
        ({"encoder": {"merge": "mean"}}, ["encoder.merge", "concat"]),
        ({"dropout": {"inputs": 1.0}}, ["dropout.inputs"]),
        ({"dropout": {"state": 0.1}}, ["dropout.state"]),
        ({"initialisers": {"kernel": "xavier"}}, ["initialisers.kernel", "'xavier'", "glorot"]),
        ({"recompute": True, "gradient": "autodiff"}, ["recompute", "gradient analytic", "gru"]),
        ({"transformer": {"heads": 2}}, ["transformer.heads", "family is recurrent"]),
        ({"family": "transformer", "cell": "lstm"}, ["cell", "family is transformer"]),
        (
            {"family": "transformer", "decoder": {"input_feeding": True}, "coverage": True},
            ["decoder.input_feeding", "coverage", "family is transformer"],
        ),
        (
            {"family": "transformer", "units": 15, "transformer": {"heads": 3}},
            ["units (15)", "even", "transformer.heads"],
        ),
        (
            {"family": "transformer", "transformer": {"heads": 3}},
            ["units", "transformer.heads"],
        ),
        (
            {"family": "transformer", "dropout": {"recurrent": 0.1}},
            ["dropout.recurrent", "family recurrent"],
        ),
    ],
)
def test_refused_by_name(keys, named):
    with pytest.raises(ValidationError) as raised:
        ModelConfig.model_validate(keys)
    [error] = raised.value.errors()
    sentence = ".".join(map(str, error["loc"])) + ": " + error["msg"]
    assert all(word in sentence for word in named), sentence


def test_recurrent_dropout_needs_a_built_in_cell():
    own = {"cell": "tests.models.own_parts:ForgetfulCell"}
    ModelConfig.model_validate(own)
    with pytest.raises(ValidationError, match=r"dropout\.recurrent is not for cell tests"):
        ModelConfig.model_validate({**own, "dropout": {"recurrent": 0.1}})


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"cell": "lstm", "attention": "general"},
        {"attention": "none"},
        {"cell": "simple"},
        {"cell": "simple", "activation": "leaky_relu"},
        {"family": "transformer"},
        {"family": "transformer", "units": 300, "embedding": 128},
        {"attention": "dot", "encoder": {"merge": "sum"}},
        {"attention": "dot", "encoder": {"direction": "forward"}},
        {"encoder": {"layers": 3, "residual_from": 2}},
    ],
)
def test_works_with_every_other_key_at_its_default(keys):
    config = ModelConfig.model_validate(keys)
    assert ModelConfig.model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize("tying", ["source_target", "all"])
def test_tying_source_and_target_needs_a_joint_vocabulary(tying):
    tied = ModelConfig(tying=tying)
    TranslatorSpec(model=tied, source_vocabulary=9, target_vocabulary=9)
    with pytest.raises(ValidationError, match=f"tying {tying} needs a joint vocabulary"):
        TranslatorSpec(model=tied, source_vocabulary=9, target_vocabulary=8)


@pytest.mark.parametrize("tying", ["none", "decoder"])
def test_other_tying_leaves_each_side_its_vocabulary(tying):
    TranslatorSpec(model=ModelConfig(tying=tying), source_vocabulary=9, target_vocabulary=8)
