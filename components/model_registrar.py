"""ModelRegistrar: the exported model in MLflow's registry, under an alias that says how far it got.

``candidate`` moves to every model that was trained, ``champion`` only to one that both
TranslationEvaluator and ServingValidator have blessed.
"""

import json
import os
from importlib import metadata
from pathlib import Path

import mlflow
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema
from tfx import v1 as tfx
from tfx.types.standard_artifacts import InfraBlessing, Model, ModelBlessing
from tfx.utils import path_utils

from components.artifacts import Registration, TranslationEvaluation
from components.tracking import RUN_ID, Run
from components.tracking.store import TRACKING_URI

SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec("string")]),
    outputs=Schema([ColSpec("string", "translation"), ColSpec("float", "score")]),
)


@tfx.dsl.components.component
def ModelRegistrar(  # noqa: N802 - a component is named like a class
    model: tfx.dsl.components.InputArtifact[Model],
    evaluation: tfx.dsl.components.InputArtifact[TranslationEvaluation],
    blessing: tfx.dsl.components.InputArtifact[ModelBlessing],
    infra_blessing: tfx.dsl.components.InputArtifact[InfraBlessing],
    registration: tfx.dsl.components.OutputArtifact[Registration],
    name: tfx.dsl.components.Parameter[str],
    code: tfx.dsl.components.Parameter[str],
) -> None:
    """Log the model to its run, register a version, move the aliases.

    Args:
        model: the exported model
        evaluation: its scores, for the description
        blessing: the evaluator's verdict
        infra_blessing: the serving validator's verdict
        registration: receives name, version and aliases
        name: the registered model's name
        code: the fingerprint of this module
    """
    run_id = model.get_string_custom_property(RUN_ID)
    scores = json.loads(Path(evaluation.uri, "evaluation.json").read_text())
    blessed = all(
        artifact.get_int_custom_property("blessed") == 1 for artifact in (blessing, infra_blessing)
    )
    with Run.require(run_id) as run:
        uri = _log_model(run_id, Path(path_utils.serving_model_path(model.uri)))
        if run.client.search_registered_models(f"name='{name}'") == []:
            run.client.create_registered_model(name, description="A translator by Throughline.")
        version = run.client.create_model_version(
            name, uri, run_id, description=_description(scores)
        ).version
        aliases = ["candidate", "champion"] if blessed else ["candidate"]
        for alias in aliases:
            run.client.set_registered_model_alias(name, alias, version)
    folder = Path(registration.uri)
    folder.mkdir(parents=True, exist_ok=True)
    record = {"name": name, "version": version, "aliases": aliases, "run_id": run_id}
    (folder / "registration.json").write_text(json.dumps(record, indent=2))


def _log_model(run_id: str, saved_model: Path) -> str:
    mlflow.set_tracking_uri(os.environ[TRACKING_URI])
    packages = ("tensorflow", "tensorflow-text", "pandas")
    with mlflow.start_run(run_id=run_id):
        return mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).with_name("mlflow_model.py")),
            artifacts={"saved_model": str(saved_model)},
            signature=SIGNATURE,
            input_example=["A sentence."],
            pip_requirements=[f"{p}=={metadata.version(p)}" for p in packages],
        ).model_uri


def _description(scores: dict) -> str:
    return (
        f"BLEU {scores['bleu']:.1f} ({scores['bleu_signature']}), "
        f"chrF {scores['chrf']:.1f} ({scores['chrf_signature']}) "
        f"on {scores['sentences']} test sentences. {scores['reason']}"
    )
