"""Reports as the training loop gives them."""

from models.training.batches import Survey
from models.training.reports import StartReport, StepReport, ValidationReport

START = StartReport(0, 0, 2, False, Survey(pairs=100, over_limit=3, target_tokens=900))


def step(number: int) -> StepReport:
    """After ``number`` updates of 10 pairs each."""
    return StepReport(
        step=number,
        epoch=0,
        pairs=number * 10,
        loss=2.5 / number,
        accuracy=0.5,
        gradient_norm=1.0,
        clipped=0.25,
        padding=0.05,
        learning_rate=0.001,
        tokens_per_second=1234.0,
        skipped=0,
        objective={"reward": 0.3},
    )


def validation(number: int, is_best: bool = True) -> ValidationReport:
    """After ``number`` updates."""
    return ValidationReport(number, 1, {"loss": 2.0, "bleu": 12.345}, is_best)
