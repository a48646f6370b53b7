"""What the user writes under ``model:``, and what a translator is built from."""

import math
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from foundation.errors import UserError
from foundation.settings import Settings
from models import initialisers
from models.attention import attentions
from models.recurrence import cells
from models.recurrence.cell import AnalyticCell

# What one family alone reads. Elsewhere these keys keep their defaults.
_KEYS_OF_ONE_FAMILY = {
    "recurrent": (
        "cell",
        "activation",
        "gradient",
        "recompute",
        "attention",
        "attention_units",
        "attention_heads",
        "coverage",
        "bridge",
        "encoder",
        "decoder",
    ),
    "transformer": ("transformer",),
}


def _dotted(settings: dict[str, Any], prefix: str = "") -> list[str]:
    """The keys of nested settings as the user writes them: ``decoder.input_feeding``."""
    keys = []
    for key, value in settings.items():
        keys += _dotted(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return keys


class EncoderConfig(Settings):
    """The recurrent encoder.

    residual_from: the first layer, counted from 1, that adds its input to its output.
    layer_norm: normalise what each layer puts out.
    """

    layers: int = Field(1, ge=1)
    direction: Literal["bidirectional", "forward"] = "bidirectional"
    merge: Literal["concat", "sum"] = "concat"
    residual_from: int | None = Field(None, ge=1)
    layer_norm: bool = False


class DecoderConfig(Settings):
    """The recurrent decoder.

    input_feeding: each step sees the attentional vector of the last one (Luong et al. 2015). The
    steps then run one after the other, where otherwise attention looks from all steps at once.
    """

    layers: int = Field(1, ge=1)
    input_feeding: bool = False


class TransformerConfig(Settings):
    """The Transformer (Vaswani et al. 2017); its width is ``units``.

    norm: "pre" normalises what enters a sub-layer, "post" what leaves its residual sum.
    """

    layers: int = Field(3, ge=1)
    heads: int = Field(4, ge=1)
    feed_forward: int = Field(1024, ge=1)
    norm: Literal["pre", "post"] = "pre"


class DropoutConfig(Settings):
    """Rates of dropout in training.

    inputs: on embeddings.
    outputs: on what each layer puts out.
    recurrent: on h_{t-1} where it enters the recurrent kernel, one mask for each sequence.
    """

    inputs: float = Field(0.0, ge=0, lt=1)
    outputs: float = Field(0.0, ge=0, lt=1)
    recurrent: float = Field(0.0, ge=0, lt=1)


class InitialisersConfig(Settings):
    """Initialisers by name: of embeddings, of recurrent matrices, of all other matrices."""

    embedding: str = "uniform"
    kernel: str = "glorot"
    recurrent: str = "orthogonal"

    @field_validator("*")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in initialisers.NAMES:
            raise ValueError(
                f"unknown initialiser '{name}': there are {', '.join(initialisers.NAMES)}"
            )
        return name


class ModelConfig(Settings):
    """The translation model.

    units: H, of every recurrent layer in each direction, or the Transformer's width.
    embedding: E, of source and target embeddings; a Transformer brings them to its width.
    recompute: the backward pass of a recurrent layer runs its forward pass again instead of
        keeping what every step made; for long sequences. A decoder with input feeding does not.
    attention: one of ``models.attention.attentions``, or "package.module:Class".
    attention_units: the size in which queries and keys are compared; H if not set.
    coverage: attention sees where it has looked before (Tu et al. 2016, See et al. 2017).
    tying: "decoder" makes the target embeddings the output matrix, "source_target" makes source
        and target embeddings one table, "all" does both. The last two need a joint vocabulary.
    """

    family: Literal["recurrent", "transformer"] = "recurrent"
    units: int = Field(256, ge=1)
    embedding: int = Field(256, ge=1)
    tying: Literal["none", "decoder", "source_target", "all"] = "none"

    cell: str = "gru"
    activation: str = "tanh"
    gradient: Literal["analytic", "autodiff"] = "analytic"
    recompute: bool = False
    attention: str = "additive"
    attention_units: int | None = Field(None, ge=1)
    attention_heads: int = Field(1, ge=1)
    coverage: bool = False
    bridge: Literal["zeros", "last", "mean", "dense"] = "dense"
    encoder: EncoderConfig = EncoderConfig()
    decoder: DecoderConfig = DecoderConfig()

    transformer: TransformerConfig = TransformerConfig()

    dropout: DropoutConfig = DropoutConfig()
    initialisers: InitialisersConfig = InitialisersConfig()

    @property
    def shares_vocabulary(self) -> bool:
        """Whether source and target need one joint vocabulary."""
        return self.tying in ("source_target", "all")

    @property
    def ties_output(self) -> bool:
        """Whether the target embeddings are the output matrix."""
        return self.tying in ("decoder", "all")

    @property
    def encoding(self) -> int:
        """C, the size of one encoded source position."""
        both = self.encoder.direction == "bidirectional" and self.encoder.merge == "concat"
        return 2 * self.units if both else self.units

    @field_validator("cell", "attention")
    @classmethod
    def _exists(cls, name: str, info) -> str:
        registry = {"cell": cells, "attention": attentions}[info.field_name]
        try:
            registry[name]
        except UserError as error:
            raise ValueError(str(error)) from error
        return name

    @model_validator(mode="after")
    def _combinations(self) -> "ModelConfig":
        self._refuse_keys_of_other_families()
        if self.family == "transformer":
            self._check_transformer()
        else:
            self._check_cell()
            self._check_encoder()
            self._check_attention()
        return self

    def _refuse_keys_of_other_families(self) -> None:
        for family, keys in _KEYS_OF_ONE_FAMILY.items():
            foreign = _dotted(self.model_dump(include=set(keys), exclude_defaults=True))
            if foreign and family != self.family:
                raise ValueError(
                    f"family {family} alone takes {', '.join(foreign)}, but family is "
                    f"{self.family}: leave out those keys or change the family"
                )

    def _check_transformer(self) -> None:
        if self.units % math.lcm(2, self.transformer.heads):
            raise ValueError(
                f"units ({self.units}) must be even and a multiple of transformer.heads "
                f"({self.transformer.heads}) in a transformer"
            )
        if self.dropout.recurrent:
            raise ValueError("dropout.recurrent needs family recurrent: set it to 0")

    def _check_cell(self) -> None:
        cell = cells[self.cell]
        if self.activation not in cell.activations:
            raise ValueError(
                f"activation {self.activation} is not for cell {self.cell}, which takes "
                f"{', '.join(cell.activations)}"
            )
        if self.dropout.recurrent and not issubclass(cell, AnalyticCell):
            raise ValueError(
                f"dropout.recurrent is not for cell {self.cell}, which is not built in: set it to 0"
            )

        by_hand = issubclass(cell, AnalyticCell) and self.gradient == "analytic"
        if self.recompute and not by_hand:
            raise ValueError(
                f"recompute needs a built-in cell with gradient analytic, and this is {self.cell} "
                f"with {self.gradient}: set it to false"
            )

    def _check_encoder(self) -> None:
        first = self.encoder.residual_from
        if first is not None and first > self.encoder.layers:
            raise ValueError(
                f"encoder.residual_from ({first}) exceeds encoder.layers ({self.encoder.layers})"
            )
        if first == 1 and self.embedding != self.encoding:
            raise ValueError(
                f"encoder.residual_from 1 adds embedding ({self.embedding}) to the first layer's "
                f"output ({self.encoding} by units, encoder.direction and encoder.merge), and "
                "their sizes differ: make them equal or set encoder.residual_from to 2"
            )
        if self.bridge == "last" and self.decoder.layers > self.encoder.layers:
            raise ValueError(
                f"bridge last needs a state for each of decoder.layers ({self.decoder.layers}), "
                f"and there are encoder.layers ({self.encoder.layers}): use bridge dense"
            )

    def _check_attention(self) -> None:
        if self.attention == "none" and self.coverage:
            raise ValueError("coverage needs attention, and attention is none: remove one of them")
        if self.attention == "dot" and self.encoding != self.units:
            raise ValueError(
                f"attention dot multiplies decoder states ({self.units} by units) with source "
                f"positions ({self.encoding} by encoder.direction and encoder.merge): set "
                "encoder.merge to sum, or use attention general"
            )
        if self.attention_units is not None and self.attention in ("none", "dot", "general"):
            raise ValueError(
                f"attention_units is not for attention {self.attention}, which compares at the "
                "decoder's own size: remove it"
            )
        own = self.attention not in attentions.names
        if self.attention_heads > 1 and not own and self.attention != "multi_head":
            raise ValueError(
                f"attention_heads ({self.attention_heads}) needs attention multi_head, but "
                f"attention is {self.attention}"
            )
        units = self.attention_units or self.units
        if self.attention == "multi_head" and units % self.attention_heads:
            raise ValueError(
                f"attention_units ({units}, from units if not set) must be a multiple of "
                f"attention_heads ({self.attention_heads})"
            )


class TranslatorSpec(Settings):
    """All that a translator is built from; it travels with checkpoints and exported models."""

    model: ModelConfig = ModelConfig()
    source_vocabulary: int = Field(ge=5)
    target_vocabulary: int = Field(ge=5)

    @model_validator(mode="after")
    def _joint(self) -> "TranslatorSpec":
        if self.model.shares_vocabulary and self.source_vocabulary != self.target_vocabulary:
            raise ValueError(
                f"tying {self.model.tying} needs a joint vocabulary, but source_vocabulary "
                f"({self.source_vocabulary}) and target_vocabulary ({self.target_vocabulary}) "
                "differ"
            )
        return self
