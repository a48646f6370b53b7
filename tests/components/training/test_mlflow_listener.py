from pathlib import Path

import numpy as np
import pytest

from components.tracking import Outbox, Run, prepare_store
from components.tracking.store import TRACKING_URI
from components.training.mlflow_listener import MlflowListener
from components.training.validation import Alignment, Extremes, Sample
from tests.components.training.reports import START, step, validation


class Outputs:
    """Stands where the validator stands: two sentences, already translated."""

    def samples(self, count):
        return [Sample("1-5", 100.0, "a dog", "ein Hund", "ein Hund")] * min(2, count)

    def extremes(self, count):
        worst = [Sample("6-10", 9.5, "a cat", "eine Katze", "ein Hund")]
        return Extremes(worst, self.samples(count))

    def alignments(self, count):
        return [Alignment(["▁a", "</s>"], ["▁ein"], np.array([[0.9, 0.1]]))]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(TRACKING_URI, "")
        patch.delenv(TRACKING_URI)
        folder = tmp_path_factory.mktemp("mlflow")
        prepare_store(folder)
        run = Run.begin("listener", "tiny")
        with Outbox(lambda: run, folder) as outbox:
            listener = MlflowListener(outbox, Outputs(), attends=True)
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
    perplexity = run.client.get_metric_history(run.id, "validation/perplexity")[0].value
    assert perplexity == pytest.approx(np.exp(2.0))
    assert steps(run, "validation/bleu") == [0, 50]
    assert run.client.get_run(run.id).data.tags["train.over_limit"] == "3"


def test_tables_of_every_validation(run):
    for update in ("000000", "000050"):
        table = run.client.load_table("1", f"translations/same-{update}.json", [run.id])
        assert table["output"].tolist() == ["ein Hund"] * 2
        worst = run.client.load_table("1", f"translations/worst-{update}.json", [run.id])
        assert worst[["length", "chrf"]].values.tolist() == [["6-10", 9.5]]


def test_attention_is_drawn_at_every_validation(run):
    files = run.client.list_artifacts(run.id, "attention")
    assert [Path(file.path).name for file in files] == [
        "sentence-0-update-000000.png",
        "sentence-0-update-000050.png",
    ]


def test_what_the_run_has_already_is_not_told_twice(run, tmp_path):
    with Outbox(lambda: Run.open(run.id), tmp_path) as outbox:
        resumed = MlflowListener(outbox, Outputs(), attends=False)
        resumed.stepped(step(40))
        resumed.validated(validation(50))
        resumed.stepped(step(60))
    assert steps(run, "train/loss") == [20, 40, 60]
    assert steps(run, "validation/bleu") == [0, 50]
