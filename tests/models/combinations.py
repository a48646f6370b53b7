"""Every kind of translator, tiny."""

import itertools

from models.attention import attentions
from models.bridge import BRIDGES
from models.config import ModelConfig
from models.recurrence import cells

# What the product below leaves out goes round in turn, with periods that share no factor with the
# product's own, so that each of these meets every cell, attention, bridge and feeding.
_IN_TURN = [
    {},
    {"tying": "decoder"},
    {"encoder": {"direction": "forward"}, "coverage": True},
    {"tying": "source_target", "encoder": {"layers": 2, "residual_from": 2, "merge": "sum"}},
    {"tying": "all", "decoder": {"layers": 2}, "encoder": {"layers": 2}},
]


def recurrent_combinations() -> list[ModelConfig]:
    """Cells by attention by bridge by feeding by norm."""
    kinds = (cells.names, attentions.names, tuple(BRIDGES), (False, True))
    # A norm where the places of the four add up to an odd number: each pair of them meets both.
    return [
        _recurrent(
            *(kind[index] for kind, index in zip(kinds, indices, strict=True)),
            layer_norm=bool(sum(indices) % 2),
            extra=_IN_TURN[place % len(_IN_TURN)],
        )
        for place, indices in enumerate(itertools.product(*(range(len(kind)) for kind in kinds)))
    ]


def _recurrent(cell, attention, bridge, input_feeding, layer_norm, extra) -> ModelConfig:
    keys = {
        "units": 4,
        "embedding": 5,
        "cell": cell,
        "attention": attention,
        "initialisers": {"recurrent": "uniform"},  # quicker than an orthogonal matrix
        "attention_heads": 2 if attention == "multi_head" else 1,
        "bridge": bridge,
        **extra,
        "coverage": extra.get("coverage", False) and attention != "none",
    }
    keys["encoder"] = {"layer_norm": layer_norm, **extra.get("encoder", {})}
    if attention == "dot":
        keys["encoder"]["merge"] = "sum"
    keys["decoder"] = {"input_feeding": input_feeding, **extra.get("decoder", {})}
    return ModelConfig.model_validate(keys)


def transformer_combinations() -> list[ModelConfig]:
    """Norm by tying by whether embeddings have the width of the states."""
    return [
        ModelConfig.model_validate(
            {
                "family": "transformer",
                "units": 4,
                "embedding": embedding,
                "tying": tying,
                "transformer": {"layers": 2, "heads": 2, "feed_forward": 6, "norm": norm},
            }
        )
        for norm, tying, embedding in itertools.product(
            ("pre", "post"), ("none", "decoder", "source_target", "all"), (4, 3)
        )
    ]


def name_of(config: ModelConfig) -> str:
    """What sets it apart, for a test's name."""
    set_keys = config.model_dump(exclude_defaults=True, exclude={"units", "initialisers"})
    return ",".join(f"{key}={value}" for key, value in set_keys.items()).replace(" ", "") or "plain"
