"""The whole line on a small slice, as a user runs it: artifacts, metrics, a served answer.

The tests of this file go through one workplace in the order in which they stand.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest

from serving.client import Client
from serving.process import ServerProcess


@pytest.fixture(scope="module")
def console(workplace) -> str:
    return workplace.run()


def saved_model(workplace) -> Path:
    versions = sorted((workplace.runs / "serving" / "translator").iterdir())
    return versions[-1]


def test_the_console_shows_the_product_and_nothing_else(console):
    components = re.findall(r"^(\w+) +[\d.]+ s$", console, re.MULTILINE)
    assert set(components) == {
        *("CorpusExampleGen", "StatisticsGen", "SchemaGen", "ExampleValidator"),
        *("SubwordTrainer", "SubwordTransform", "Trainer", "TranslationEvaluator"),
        "CorpusCleaner",
        *("ServingValidator", "Pusher", "ModelRegistrar"),
    }
    assert re.search(r"BLEU +\d+\.\d +nrefs:1\|case:mixed", console)
    assert "make translate" in console
    assert "WARNING" not in console
    assert len(console.splitlines()) < 45


def test_the_evaluation_holds_scores_and_every_test_sentence(workplace, console):
    [folder] = (workplace.runs / "pipeline" / "TranslationEvaluator" / "evaluation").iterdir()
    record = json.loads((folder / "evaluation.json").read_text())
    assert 0 <= record["bleu"] <= 100
    assert record["blessed"] is True
    rows = [json.loads(line) for line in (folder / "translations.jsonl").open()]
    assert len(rows) == record["sentences"] == 20
    test_split = (workplace.folder / "runs" / "corpora").rglob("test.en")
    assert {row["source"] for row in rows} == set(next(test_split).read_text().splitlines())


def test_mlflow_has_curves_samples_attention_and_the_registered_model(workplace, console):
    client = mlflow.MlflowClient(f"sqlite:///{workplace.folder}/runs/mlflow/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    [run] = client.search_runs([experiment.experiment_id])
    assert run.info.status == "FINISHED"
    assert run.info.run_id in console
    assert run.data.params["model.units"] == "16"
    assert Path(run.data.tags["tfx.model"]).is_relative_to(run.data.tags["tfx.pipeline"])
    assert re.match(r"\d{4}-\d\d-\d\dT", run.data.tags["tfx.run"])
    steps = [m.step for m in client.get_metric_history(run.info.run_id, "validation/bleu")]
    assert steps[0] == 0
    assert steps == sorted(set(steps))
    assert {"validation/loss", "test_bleu", "train/tokens_per_second"} <= set(run.data.metrics)
    files = {item.path for item in client.list_artifacts(run.info.run_id)}
    assert {"translations", "attention", "evaluation", "cleaning", "config.json"} <= files
    pictures = {item.path for item in client.list_artifacts(run.info.run_id, "gradients")}
    assert {"gradients/lens-light.png", "gradients/lens-dark.png"} <= pictures
    assert run.data.tags["lens.verdict"].startswith("encoder, layer 1, forward: ")
    assert {"gradient/half_life/decoder.0", "gradient/clipped_share"} <= set(run.data.metrics)
    datasets = {entry.dataset.name: entry.dataset for entry in run.inputs.dataset_inputs}
    assert set(datasets) == {"train", "validation"}
    assert json.loads(datasets["train"].profile)["pairs"] == 600
    version = client.get_model_version_by_alias("tiny-translator", "champion")
    assert version.run_id == run.info.run_id


def test_the_pushed_model_answers_over_rest_and_grpc(workplace, console):
    with ServerProcess(workplace.runs / "serving" / "translator", "translator") as server:
        answers = []
        for address in (server.rest_address, server.rpc_address):
            with Client(address, "translator") as client:
                answers.append([t.text for t in client.translate(["The dog sleeps.", ""])])
    assert answers[0] == answers[1]


def test_the_export_translates_in_a_process_with_tensorflow_and_tf_text_only(workplace, console):
    # The Session loader is what TF Serving uses; the package's own command line drives it.
    script = (
        "import tensorflow, tensorflow_text, sys\n"
        "from tensorflow.python.tools import saved_model_cli\n"
        "sys.argv = ['saved_model_cli', 'run', '--dir', sys.argv[1], '--tag_set', 'serve',\n"
        "    '--signature_def', 'serving_default', '--input_exprs',\n"
        '    \'text=[b"The dog sleeps.", b""]\']\n'
        "try:\n"
        "    saved_model_cli.main()\n"
        "finally:\n"
        "    print('foreign', {'tfx', 'models', 'components'} & set(sys.modules) or 'none')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(saved_model(workplace))],
        cwd=workplace.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Result for output key translation" in done.stdout
    assert "foreign none" in done.stdout


def test_a_second_run_takes_everything_from_the_cache(workplace, console):
    again = workplace.run()
    assert "all cached" in again
    assert len(list((workplace.runs / "serving" / "translator").iterdir())) == 1


def test_other_training_settings_leave_the_data_components_cached(workplace, console):
    again = workplace.run("training.epochs=1")
    assert set(re.findall(r"^(\w+) +cached$", again, re.MULTILINE)) == {
        *("CorpusExampleGen", "CorpusCleaner", "StatisticsGen", "SchemaGen"),
        *("ExampleValidator", "SubwordTrainer", "SubwordTransform"),
    }


def test_a_model_below_the_margin_is_not_pushed(workplace, console):
    before = saved_model(workplace)
    words = workplace.run("evaluation.margin=200")
    assert "not blessed" in words
    assert saved_model(workplace) == before


def test_other_export_weights_need_no_new_training(workplace, console):
    words = workplace.run("serving.weights=int8")
    assert "epoch  1" not in words
    assert "served over REST and gRPC" in words
    information = json.loads((saved_model(workplace) / "assets.extra/translator.json").read_text())
    assert information["precision"] == "int8"
