"""The one configuration of a run: every component gets its part of it and no other."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from components.blessing import EvaluationSettings
from components.subword_sampling import SAMPLERS
from components.subwords import SubwordSettings
from corpora.config import CorporaConfig
from corpora.rules.config import CleaningConfig
from foundation.languages import Languages
from foundation.settings import Settings
from models.config import ModelConfig
from models.decoding import DecodingConfig
from models.lens.config import LensConfig
from models.stored_weights import Precision
from models.training import TrainingConfig
from pipeline.beam import BeamSettings


def _folder_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
        raise ValueError("use lower-case letters, digits, '.', '_' and '-'")
    return name


class ServingSettings(Settings):
    """How the model is exported, and named where it is served and registered."""

    model_name: Annotated[str, AfterValidator(_folder_name)] = "translator"
    maximum_source_length: int = Field(128, ge=2, description="pieces; a longer text is cut")
    weights: Precision = Field(
        "float32", description="as what matrices are stored; they are computed with in float32"
    )
    infra_validator: bool | Literal["auto"] = Field(
        False, description="try the model in the official TF Serving image; auto: where Docker is"
    )


class Config(Settings):
    """A whole run.

    ``name`` is the folder under runs/, the TFX pipeline's name and the MLflow experiment.
    """

    name: Annotated[str, AfterValidator(_folder_name)]
    languages: Languages
    corpora: CorporaConfig
    cleaning: CleaningConfig = CleaningConfig()
    subwords: SubwordSettings = SubwordSettings()
    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    decoding: DecodingConfig = DecodingConfig()
    lens: LensConfig = LensConfig()
    evaluation: EvaluationSettings = EvaluationSettings()
    serving: ServingSettings = ServingSettings()
    beam: BeamSettings = BeamSettings()

    @model_validator(mode="after")
    def _tying_needs_one_vocabulary(self) -> "Config":
        if self.model.shares_vocabulary and not self.subwords.joint:
            raise ValueError(
                "model.tying shares the source's embedding with the target, "
                "which needs subwords.joint: true"
            )
        return self

    @model_validator(mode="after")
    def _sampling_needs_pieces(self) -> "Config":
        kind = self.subwords.kind
        if self.training.subword_sampling is not None and kind not in SAMPLERS:
            raise ValueError(
                f"training.subword_sampling needs subwords.kind {' or '.join(SAMPLERS)}, not "
                f"{kind}, which has one segmentation of each word"
            )
        return self

    @model_validator(mode="after")
    def _coverage_needs_attention(self) -> "Config":
        if self.decoding.coverage_penalty and self.model.attention == "none":
            raise ValueError(
                "decoding.coverage_penalty weighs attention, which model.attention: none has not"
            )
        return self
