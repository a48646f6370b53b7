"""What the run and the console are told of exposure bias."""

import re

import pytest

from components.tracking import Outbox, Run, prepare_store
from components.tracking.store import TRACKING_URI
from components.training.exposure_report import DATA, report_exposure
from models.training.batches import validation_batches
from models.training.config import BatchConfig
from models.training.exposure import measure_exposure
from tests.models.training.tiny import tiny_translator, write_examples


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exposure")
    files = write_examples(folder / "validation", 40, 1, seed=3)
    translator, config = tiny_translator(), BatchConfig(tokens=40)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING_URI, raising=False)
        prepare_store(folder / "mlflow")
        said = []
        patch.setattr("components.training.exposure_report.say", said.append)
        with Outbox(lambda: Run.begin("exposure", "tiny"), folder) as outbox:
            report_exposure(outbox, translator, files, config)
        with Run.open(outbox.run_id) as run:
            expected = measure_exposure(translator, validation_batches(files, config))
            yield run, said, expected


def test_the_mean_is_the_gap_of_the_two_accuracies(reported):
    run, _, expected = reported
    metrics = run.client.get_run(run.id).data.metrics
    assert metrics["exposure/mean"] == pytest.approx(expected.mean)
    gap = metrics["exposure/forced"] - metrics["exposure/free"]
    assert gap == pytest.approx(expected.mean)


def test_data_and_pictures_are_with_the_run(reported):
    run, _, _ = reported
    assert {file.path for file in run.client.list_artifacts(run.id, "exposure")} == {
        DATA,
        "exposure/exposure-light.png",
        "exposure/exposure-dark.png",
    }


def test_the_console_has_the_numbers(reported):
    run, said, _ = reported
    metrics = run.client.get_run(run.id).data.metrics
    (sentence,) = said
    points, forced, free = map(float, re.findall(r"-?\d+\.\d+", sentence))
    assert points == pytest.approx(100 * metrics["exposure/mean"], abs=0.06)
    assert forced == pytest.approx(metrics["exposure/forced"], abs=0.006)
    assert free == pytest.approx(metrics["exposure/free"], abs=0.006)
