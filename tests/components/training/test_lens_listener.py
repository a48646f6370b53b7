"""What the lens writes to a run, also when training was interrupted."""

import json
from pathlib import Path

import numpy as np
import pytest

from components.tracking import Outbox, Run, prepare_store
from components.tracking.store import TRACKING_URI
from components.training.lens_listener import LensListener
from models.lens import Look, Profile, Verdict
from models.training.reports import CheckpointReport, LookReport
from models.training.updates import Change
from tests.components.training.reports import START, validation

CHANGES = {"decoder/kernel": Change(2.0, 0.01), "output/bias": Change(1.0, float("nan"))}
KEPT = (1.0, 0.5, 0.25, 1.0, 1.0, 1.0, 1.0)


class FixedLens:
    """Stands where the lens stands; what it shows grows with the source's length.

    Only sentences of even length reach two steps back.
    """

    def look(self, source_ids, target_ids, gradients, clipped):
        size = float(source_ids.shape[1])
        reach = 2 - source_ids.shape[1] % 2
        return {
            "decoder/0": Look(
                profile=Profile(np.array([size, size / 2]), np.array([2, 1])),
                step=0.5,
                distances=np.array([1, 2])[:reach],
                products=np.array([0.5, 0.25])[:reach],
                half_life=float("inf"),
                bound=None,
                gates={"update": np.array([0.5, 0.5])},
                open={"update": 0.5},
                saturated=0.1,
                dead=0.0,
                verdict=Verdict("vanishing", f"decoder, layer 1: of {size:.0f}, {clipped:.0%}"),
            )
        }


def look_at(number: int) -> LookReport:
    ids = np.ones([1, number], int)
    return LookReport(number, ids, ids, {}, CHANGES, KEPT[:number])


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A training of which the last look came after the last checkpoint, gone on with."""
    folder = tmp_path_factory.mktemp("training")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(TRACKING_URI, raising=False)
        prepare_store(tmp_path_factory.mktemp("mlflow"))
        with Outbox(lambda: Run.begin("lens", "tiny"), folder) as run:
            first = LensListener(run, FixedLens(), folder)
            first.started(START)
            first.looked(look_at(2))
            first.saved(CheckpointReport(3, folder))
            first.looked(look_at(4))
            second = LensListener(run, FixedLens(), folder)
            second.started(START._replace(resumed=True, step=3))
            second.looked(look_at(4))
            second.looked(look_at(6))
            second.looked(look_at(7))
            second.validated(validation(7))
            second.ended()
        with Run.open(run.run_id) as told:
            yield told


def test_curves_have_neither_gap_nor_double(told):
    for name in ("gradient/jacobian/decoder.0", "gradient/norm/decoder.kernel"):
        history = told.client.get_metric_history(told.id, name)
        assert [metric.step for metric in history] == [2, 4, 6, 7]


def test_a_number_that_is_none_is_left_out(told):
    metrics = told.client.get_run(told.id).data.metrics
    assert "gradient/update_ratio/output.bias" not in metrics
    assert "gradient/half_life/decoder.0" not in metrics


def test_how_often_and_how_much_was_clipped(told):
    shares, left = (
        {metric.step: metric.value for metric in told.client.get_metric_history(told.id, name)}
        for name in ("gradient/clipped_share", "gradient/clipped_to")
    )
    assert shares == {2: 1 / 2, 4: 2 / 4, 6: 2 / 6, 7: 2 / 7}
    assert left == {2: 0.5, 4: 0.375, 6: 0.375, 7: 0.375}


def test_the_numbers_of_every_look_are_kept(told):
    path = told.client.download_artifacts(told.id, "gradients/lens.json")
    looks = json.loads(Path(path).read_text(), parse_constant=pytest.fail)
    assert [look["update"] for look in looks] == [2, 4, 6, 7]
    assert [look["layers"]["decoder/0"]["norms"][0] for look in looks] == [2, 4, 6, 7]
    assert looks[0]["layers"]["decoder/0"]["half_life"] is None


def test_pictures_for_both_pages(told):
    names = {file.path for file in told.client.list_artifacts(told.id, "gradients")}
    assert {"gradients/lens-light.png", "gradients/lens-dark.png"} <= names


def test_the_verdict_is_of_the_newest_look_that_reaches_far(told):
    sentence = "decoder, layer 1: of 6, 33%"
    assert told.client.get_run(told.id).data.tags["lens.verdict"] == sentence
    path = told.client.download_artifacts(told.id, "gradients/verdicts.md")
    assert Path(path).read_text() == f"- {sentence}"
