"""Trainer: transformed examples in, the best exported model out."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

from tfx import v1 as tfx
from tfx.types.standard_artifacts import Examples, Model
from tfx.utils import path_utils

from components.artifacts import CleaningReport, SubwordModel
from components.pairs import read_pairs, record_files
from components.subword_sampling import build_sampler
from components.subwords import SubwordKind
from components.tracking import RUN_ID, Outbox, Run
from components.tracking.circumstances import circumstances
from components.tracking.datasets import describe
from components.tracking.late import RUN_NOTE
from components.training.exposure_report import report_exposure
from components.training.lens_listener import LensListener
from components.training.mlflow_listener import MlflowListener
from components.training.progress_bar import ProgressBar
from components.training.system_listener import SystemListener
from components.training.validation import Validator
from foundation.console import say
from foundation.errors import UserError
from foundation.languages import Languages
from foundation.settings import Settings
from models.config import ModelConfig, TranslatorSpec
from models.decoding import DecodingConfig, build_search
from models.health import require_finite_weights
from models.lens import Lens
from models.lens.config import LensConfig
from models.stored_weights import Precision
from models.subwords import detokenise, vocabulary_size
from models.text_translator import SubwordPair, TextTranslator
from models.training import TrainingConfig, TrainingResult, train
from models.training.batches import Samplers, survey
from models.training.devices import building
from models.training.trainer import Data
from models.translator import Translator, build_translator
from serving.export import export

# The property of a TFX Model artifact that names the folder of its checkpoints.
CHECKPOINTS = "checkpoints"


class TrainerSettings(Settings):
    """The parts of the configuration that training depends on."""

    name: str
    languages: Languages
    maximum_source_length: int
    weights: Precision = "float32"
    subword_kind: SubwordKind
    model: ModelConfig
    training: TrainingConfig
    decoding: DecodingConfig
    lens: LensConfig

    def spec(self, subwords: SubwordPair) -> TranslatorSpec:
        """What the translator is built from."""
        return TranslatorSpec(
            model=self.model,
            source_vocabulary=vocabulary_size(subwords.source),
            target_vocabulary=vocabulary_size(subwords.target),
        )

    def text_translator(
        self, translator: Translator, subwords: SubwordPair, weights: Precision = "float32"
    ) -> TextTranslator:
        """What is measured while training, and with stored ``weights`` what is exported."""
        return TextTranslator(
            translator, build_search(self.decoding), subwords, self.maximum_source_length, weights
        )


@tfx.dsl.components.component
def Trainer(  # noqa: N802 - a component is named like a class
    examples: tfx.dsl.components.InputArtifact[Examples],
    transformed_examples: tfx.dsl.components.InputArtifact[Examples],
    subwords: tfx.dsl.components.InputArtifact[SubwordModel],
    cleaning: tfx.dsl.components.InputArtifact[CleaningReport],
    model: tfx.dsl.components.OutputArtifact[Model],
    settings: tfx.dsl.components.Parameter[str],
    workspace: tfx.dsl.components.Parameter[str],
    code: tfx.dsl.components.Parameter[str],
) -> None:
    """Train, keep the best weights, export them from raw text to raw text.

    Args:
        examples: raw pairs; the validation split is translated to measure BLEU
        transformed_examples: ids to train on
        subwords: the SentencePiece models
        cleaning: what became of the corpora's pairs, for the MLflow run
        model: receives the SavedModel; its property ``mlflow_run_id`` names the run
        settings: TrainerSettings as JSON
        workspace: a folder that outlives this execution and holds the checkpoints, so that an
            interrupted training is gone on with
        code: the fingerprint of this module
    """
    chosen = TrainerSettings.model_validate_json(settings)
    subword_pair = SubwordPair(
        *(Path(subwords.uri, f"{side}.model").read_bytes() for side in ("source", "target"))
    )
    spec = chosen.spec(subword_pair)
    with building(chosen.training):
        translator = build_translator(spec)
    text_translator = chosen.text_translator(translator, subword_pair)
    validator = Validator(text_translator, list(read_pairs(examples.uri, "validation")))
    # How the weights are exported, or watched, changes nothing in how they are trained.
    trained = chosen.model_dump_json(exclude={"weights", "lens"})
    folder = Path(workspace, _key(trained, transformed_examples.uri, subwords.uri, code))
    data = Data(
        train=record_files(transformed_examples.uri, "train"),
        validation=record_files(transformed_examples.uri, "validation"),
    )
    say(f"Trainer: {in_words(chosen.model)}, {translator.count_params():,} parameters")
    started = time.monotonic()
    with _run_of(folder, chosen) as run:
        _log_data(run, data, chosen.training.batch.maximum_length, Path(cleaning.uri))
        listeners = [
            ProgressBar(),
            MlflowListener(run, validator, attends=chosen.model.attention != "none"),
            SystemListener(run),
        ]
        if chosen.lens.every is not None:
            listeners.append(LensListener(run, Lens(translator), folder))
        result = train(
            translator,
            chosen.training,
            data,
            folder,
            validator,
            listeners,
            detokenise=lambda ids: detokenise(ids, subword_pair.target),
            look_every=chosen.lens.every,
            samplers=_samplers(chosen, subword_pair),
        )
        if not run.run_id:
            raise UserError(
                "MLflow has not answered since training began, so its run has no id; the training "
                f"is complete in {folder}: start MLflow, then run the same command again."
            )
        run.set_tags({"weights": result.weights, "updates.skipped": str(result.skipped)})
        require_finite_weights(translator)
        report_exposure(run, translator, data.validation, chosen.training.batch)
        export(
            chosen.text_translator(translator, subword_pair, chosen.weights),
            Path(path_utils.serving_model_path(model.uri)),
            _information(chosen, spec, run.run_id, result),
        )
        run.set_tags({"tfx.model": model.uri, "tfx.examples": examples.uri})
    model.set_string_custom_property(RUN_ID, run.run_id)
    model.set_string_custom_property(CHECKPOINTS, str(folder))
    model.set_int_custom_property("parameters", translator.count_params())
    model.set_int_custom_property("seconds", round(time.monotonic() - started))


def in_words(model: ModelConfig) -> str:
    """A model in a few words, as ``gru 256, additive attention``."""
    if model.family == "transformer":
        return f"transformer {model.units}, {model.transformer.layers} layers"
    attention = "no" if model.attention == "none" else model.attention
    return f"{model.cell} {model.units}, {attention} attention"


def _samplers(chosen: TrainerSettings, subwords: SubwordPair) -> Samplers | None:
    config = chosen.training.subword_sampling
    if config is None:
        return None
    return Samplers(*(build_sampler(model, chosen.subword_kind, config) for model in subwords))


def _key(*parts: str) -> str:
    """The same inputs go on with the same checkpoints; any other ones start afresh."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _run_of(folder: Path, chosen: TrainerSettings) -> Outbox:
    """The MLflow run of this training: a new one, or that of the interrupted one."""
    note = folder / RUN_NOTE

    def begin() -> Run:
        if note.exists():
            return Run.open(note.read_text())
        run = Run.begin(chosen.name, f"{chosen.languages} {in_words(chosen.model)}")
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(run.id)
        return run

    fresh = not note.exists()
    outbox = Outbox(begin, folder)
    if fresh:
        outbox.log_params(_flat(chosen.model_dump(exclude={"name"})))
        outbox.set_tags({"languages": str(chosen.languages), **circumstances()})
    return outbox


def _log_data(run: Outbox, data: Data, maximum_length: int, cleaning: Path) -> None:
    """What is trained and measured on, and what cleaning did to it."""
    run.log_datasets(
        [
            describe(split, files, survey(files, maximum_length)._asdict())
            for split, files in data._asdict().items()
        ]
    )
    for name in ("report.json", "report.md", "report.png"):
        run.log_file("cleaning", cleaning / name)


def _information(
    chosen: TrainerSettings, spec: TranslatorSpec, run_id: str, result: TrainingResult
) -> dict[str, Any]:
    by_bleu = chosen.training.best.metric == "bleu"
    return {
        "languages": chosen.languages.model_dump(),
        "spec": json.loads(spec.model_dump_json()),
        "decoding": json.loads(chosen.decoding.model_dump_json()),
        "weights": result.weights,
        "precision": chosen.weights,
        **({"bleu": result.best, "bleu_signature": "validation split, 13a"} if by_bleu else {}),
        RUN_ID: run_id,
    }


def _flat(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as ``model.units``."""
    found: dict[str, Any] = {}
    for key, inner in value.items():
        found |= (
            _flat(inner, f"{prefix}{key}.") if isinstance(inner, dict) else {prefix + key: inner}
        )
    return found
