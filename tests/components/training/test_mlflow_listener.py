import numpy as np
import pytest

from components.tracking import Run, prepare_store
from components.tracking.store import TRACKING_URI
from components.training.mlflow_listener import MlflowListener
from components.training.validation import Alignment, Sample
from tests.components.training.reports import START, step, validation


class Outputs:
    """Stands where the validator stands: two sentences, already translated."""

    def samples(self, count):
        return [Sample("a dog", "ein Hund", "ein Hund", 100.0)] * min(2, count)

    def alignments(self, count):
        return [Alignment(["▁a", "</s>"], ["▁ein"], np.array([[0.9, 0.1]]))]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TRACKING_URI, "")
        patch.delenv(TRACKING_URI)
        prepare_store(tmp_path_factory.mktemp("mlflow"))
        with Run.begin("listener", "tiny") as run:
            listener = MlflowListener(run, Outputs(), attends=True)
            listener.started(START)
            listener.validated(validation(0))
            listener.stepped(step(20))
            listener.stepped(step(40))
            listener.validated(validation(50, is_best=False))
            yield run


def steps(run, name):
    return [m.step for m in run.client.get_metric_history(run.id, name)]


def test_curves(run):
    assert steps(run, "train/loss") == [20, 40]
    assert steps(run, "train/reward") == [20, 40]
    assert steps(run, "validation/bleu") == [0, 50]
    assert run.client.get_run(run.id).data.tags["train.over_limit"] == "3"


def test_samples_of_every_validation(run):
    table = run.client.load_table("1", "samples.json", [run.id])
    assert table["update"].tolist() == [0, 0, 50, 50]


def test_attention_is_drawn_where_the_model_got_better(run):
    files = run.client.list_artifacts(run.id, "attention/sentence-0")
    assert [file.path for file in files] == ["attention/sentence-0/update-000000.png"]


def test_what_the_run_has_already_is_not_told_twice(run):
    resumed = MlflowListener(run, Outputs(), attends=False)
    resumed.stepped(step(40))
    resumed.validated(validation(50))
    resumed.stepped(step(60))
    assert steps(run, "train/loss") == [20, 40, 60]
    assert steps(run, "validation/bleu") == [0, 50]
