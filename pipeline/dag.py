"""The DAG: a pure function of the configuration and the paths."""

from components.example_gen import CorpusExampleGen, corpora_digest
from components.trainer import Trainer, TrainerSettings
from tfx import v1 as tfx
from tfx.orchestration.pipeline import Pipeline

from components.model_registrar import ModelRegistrar
from components.serving_validator import ServingValidator
from components.subword_trainer import SubwordTrainer
from components.transform import SubwordTransform
from components.translation_evaluator import TranslationEvaluator
from pipeline.config import Config
from pipeline.fingerprint import fingerprint
from pipeline.paths import Paths


def build_pipeline(config: Config, paths: Paths) -> Pipeline:
    """Corpora in, a served translator out.

    Raises:
        UserError: a corpus file is missing or unreadable.
    """
    examples = CorpusExampleGen(
        settings=config.corpora.model_dump_json(),
        digest=corpora_digest(config.corpora),
        code=fingerprint("components.example_gen"),
    )
    statistics = tfx.components.StatisticsGen(examples=examples.outputs["examples"])
    schema = tfx.components.SchemaGen(
        statistics=statistics.outputs["statistics"], infer_feature_shape=True
    )
    anomalies = tfx.components.ExampleValidator(
        statistics=statistics.outputs["statistics"], schema=schema.outputs["schema"]
    )
    subwords = SubwordTrainer(
        examples=examples.outputs["examples"],
        settings=config.subwords.model_dump_json(),
        code=fingerprint("components.subword_trainer"),
    )
    transform = SubwordTransform(
        examples=examples.outputs["examples"],
        schema=schema.outputs["schema"],
        subwords=subwords.outputs["subwords"],
        code=fingerprint("components.transform"),
    )
    trainer = Trainer(
        examples=examples.outputs["examples"],
        transformed_examples=transform.outputs["transformed_examples"],
        subwords=subwords.outputs["subwords"],
        settings=TrainerSettings.of(config).model_dump_json(),
        workspace=str(paths.training),
        code=fingerprint("components.trainer"),
    )
    evaluator = TranslationEvaluator(
        examples=examples.outputs["examples"],
        model=trainer.outputs["model"],
        settings=config.evaluation.model_dump_json(),
        served=str(paths.serving),
        code=fingerprint("components.translation_evaluator"),
    )
    validator = ServingValidator(
        examples=examples.outputs["examples"],
        model=trainer.outputs["model"],
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
            *(examples, statistics, schema, anomalies),
            *(subwords, transform, trainer),
            *(evaluator, validator, pusher, registrar),
        ],
        enable_cache=True,
        metadata_connection_config=tfx.orchestration.metadata.sqlite_metadata_connection_config(
            str(paths.metadata)
        ),
        beam_pipeline_args=["--direct_running_mode=in_memory", "--direct_num_workers=1"],
    )
