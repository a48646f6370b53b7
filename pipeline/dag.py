"""The DAG: a pure function of the configuration and the paths."""

from pathlib import Path

from tfx import v1 as tfx
from tfx.orchestration.pipeline import Pipeline

from components.corpus_cleaner import CorpusCleaner
from components.example_gen import CorpusExampleGen
from components.filesystems import BeamFilesystem
from components.model_registrar import ModelRegistrar
from components.serving_validator import ServingValidator
from components.subword_trainer import SubwordTrainer
from components.trainer import Trainer, TrainerSettings
from components.transform import SubwordTransform
from components.translation_evaluator import TranslationEvaluator
from corpora.locate import digest, locate
from pipeline.config import Config
from pipeline.fingerprint import fingerprint
from pipeline.infra_validation import infra_validator, wanted
from pipeline.paths import Paths


def build_pipeline(config: Config, paths: Paths, corpus_folder: Path | None = None) -> Pipeline:
    """Corpora in, a served translator out.

    Args:
        config: the configuration
        paths: where to write
        corpus_folder: where relative file names are looked for, instead of where the
            configuration says

    Raises:
        UserError: a corpus file is missing or unreadable, or InfraValidator is asked for where
            no Docker is.
    """
    raw = CorpusExampleGen(
        settings=config.corpora.model_dump_json(),
        languages=config.languages.model_dump_json(),
        cache=str(paths.cache),
        folder=str(corpus_folder or ""),
        digest=digest(
            locate(config.corpora, config.languages, paths.cache, corpus_folder, BeamFilesystem())
        ),
        code=fingerprint("components.example_gen"),
    )
    cleaner = CorpusCleaner(
        examples=raw.outputs["examples"],
        settings=config.cleaning.model_dump_json(),
        corpora=config.corpora.model_dump_json(),
        languages=config.languages.model_dump_json(),
        code=fingerprint("components.corpus_cleaner"),
    )
    statistics = tfx.components.StatisticsGen(examples=cleaner.outputs["cleaned"])
    schema = tfx.components.SchemaGen(
        statistics=statistics.outputs["statistics"], infer_feature_shape=True
    )
    anomalies = tfx.components.ExampleValidator(
        statistics=statistics.outputs["statistics"], schema=schema.outputs["schema"]
    )
    subwords = SubwordTrainer(
        examples=cleaner.outputs["cleaned"],
        settings=config.subwords.model_dump_json(),
        code=fingerprint("components.subword_trainer"),
    )
    transform = SubwordTransform(
        examples=cleaner.outputs["cleaned"],
        schema=schema.outputs["schema"],
        subwords=subwords.outputs["subwords"],
        code=fingerprint("components.transform"),
    )
    trainer = Trainer(
        examples=cleaner.outputs["cleaned"],
        transformed_examples=transform.outputs["transformed_examples"],
        subwords=subwords.outputs["subwords"],
        cleaning=cleaner.outputs["report"],
        settings=trainer_settings(config).model_dump_json(),
        workspace=str(paths.training),
        code=fingerprint("components.trainer"),
    )
    evaluator = TranslationEvaluator(
        examples=cleaner.outputs["cleaned"],
        model=trainer.outputs["model"],
        settings=config.evaluation.model_dump_json(),
        language=config.languages.target,
        served=str(paths.serving),
        code=fingerprint("components.translation_evaluator"),
    )
    infra = (
        infra_validator(
            model=trainer.outputs["model"],
            examples=cleaner.outputs["cleaned"],
            model_name=config.serving.model_name,
        )
        if wanted(config.serving.infra_validator)
        else None
    )
    validator = ServingValidator(
        examples=cleaner.outputs["cleaned"],
        model=trainer.outputs["model"],
        **({"infra": infra.outputs["blessing"]} if infra else {}),
        code=fingerprint("components.serving_validator"),
    )
    pusher = tfx.components.Pusher(
        model=trainer.outputs["model"],
        model_blessing=evaluator.outputs["blessing"],
        infra_blessing=validator.outputs["blessing"],
        push_destination=tfx.proto.PushDestination(
            filesystem=tfx.proto.PushDestination.Filesystem(base_directory=str(paths.serving))
        ),
    )
    registrar = ModelRegistrar(
        model=trainer.outputs["model"],
        evaluation=evaluator.outputs["evaluation"],
        blessing=evaluator.outputs["blessing"],
        infra_blessing=validator.outputs["blessing"],
        name=f"{config.name}-{config.serving.model_name}",
        code=fingerprint("components.model_registrar"),
    )
    return Pipeline(
        pipeline_name=config.name,
        pipeline_root=str(paths.root),
        components=[
            *(raw, cleaner, statistics, schema, anomalies),
            *(subwords, transform, trainer),
            *([infra] if infra else []),
            *(evaluator, validator, pusher, registrar),
        ],
        enable_cache=True,
        metadata_connection_config=tfx.orchestration.metadata.sqlite_metadata_connection_config(
            str(paths.metadata)
        ),
    )


def trainer_settings(config: Config) -> TrainerSettings:
    """The parts of the configuration that training depends on, and no others."""
    return TrainerSettings(
        name=config.name,
        languages=config.languages,
        maximum_source_length=config.serving.maximum_source_length,
        weights=config.serving.weights,
        subword_kind=config.subwords.kind,
        model=config.model,
        training=config.training,
        decoding=config.decoding,
        lens=config.lens,
    )
