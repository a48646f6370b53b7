"""Exposure bias of a trained model: measured on the validation split, drawn, said."""

from collections.abc import Iterable, Iterator, Sequence

import keras
import tensorflow as tf

from components.figures import ExposureView, exposure_chart
from components.tracking import Outbox
from foundation.console import say
from models.training.batches import validation_batches
from models.training.config import BatchConfig
from models.training.exposure import Exposure, measure_exposure

# Sentences that are measured, about; the greedy ids of all of them take a few seconds.
SENTENCES = 500
DATA = "exposure/exposure.json"


def report_exposure(
    run: Outbox, translator: keras.Model, files: Sequence[str], config: BatchConfig
) -> None:
    """Measure the weights as they are, and write what was found to the run and the console.

    Args:
        run: where to
        translator: with its final weights
        files: the validation split
        config: sizes of batches
    """
    exposure = measure_exposure(translator, _first(validation_batches(files, config)))
    forced, free = (
        float((shares * exposure.tokens).sum() / exposure.tokens.sum())
        for shares in (exposure.forced, exposure.free)
    )
    run.log_metrics(
        {"exposure/mean": exposure.mean, "exposure/forced": forced, "exposure/free": free}
    )
    run.log_json(DATA, _plain(exposure))
    for theme in ("light", "dark"):
        figure = exposure_chart({"exposure bias": ExposureView(*exposure)}, theme == "dark")
        run.log_figure(f"exposure/exposure-{theme}.png", figure)
    say(
        f"  exposure bias {100 * exposure.mean:.1f} points: accuracy {forced:.2f} after the "
        f"reference's prefix, {free:.2f} after its own"
    )


def _first(batches: Iterable[tf.Tensor]) -> Iterator[tf.Tensor]:
    """Batches until there are ``SENTENCES``."""
    seen = 0
    for batch in batches:
        yield batch
        seen += len(batch[0])
        if seen >= SENTENCES:
            return


def _plain(exposure: Exposure) -> dict[str, list]:
    return {name: shares.tolist() for name, shares in exposure._asdict().items()}
