"""``make compare``: the same corpus, several models, one table.

Every model goes through the whole pipeline to a served translator. The data components are
shared through the cache, and the runs are nested in one MLflow run.
"""

from pathlib import Path

from components.figures import bleu_by_length_chart
from components.tracking import Run, prepare_store
from foundation.console import say
from pipeline.paths import MLFLOW, Paths
from pipeline.read_config import read_config
from pipeline.variants import Outcome, run_variant

VARIANTS = {
    "GRU, additive attention": "",
    "LSTM, general attention": "model.cell=lstm model.attention=general",
    "GRU, no attention": "model.attention=none",
    "simple RNN, additive attention": "model.cell=simple",
    "Transformer": (
        "model.family=transformer model.units=128 model.transformer.layers=2 "
        "model.transformer.feed_forward=512"
    ),
}
_HEADER = "| model | BLEU | chrF | parameters | training |\n|---|---|---|---|---|"


def compare(config_file: Path, settings: str) -> None:
    """Run every variant of a configuration and print the table.

    Args:
        config_file: what all variants share
        settings: ``key=value …`` for all of them

    Raises:
        UserError: a variant's run failed; its log says why.
    """
    config = read_config(config_file, settings)
    name = f"{config.name}-compare"
    paths = Paths.of(name, config.serving.model_name)
    prepare_store(MLFLOW)
    with Run.begin(name, "comparison") as parent:
        outcomes = []
        for model, change in VARIANTS.items():
            say(f"\n{model}")
            outcomes.append(
                run_variant(model, config_file, f"{settings} {change} name={name}", paths)
            )
            parent.client.set_tag(outcomes[-1].run_id, "mlflow.parentRunId", parent.id)
        table = "\n".join([_HEADER, *map(_row, outcomes)])
        parent.log_text("comparison.md", table)
        parent.log_table("comparison.json", _columns(outcomes))
        models = {outcome.model: outcome.by_length for outcome in outcomes}
        parent.log_figure("by-length.png", bleu_by_length_chart(models))
        scores = {model: [s._asdict() for s in found] for model, found in models.items()}
        parent.log_json("by-length.json", scores)
    say(f"\n{table}")


def _row(outcome: Outcome) -> str:
    """A row of the table in Markdown."""
    return (
        f"| {outcome.model} | {outcome.bleu:.1f} | {outcome.chrf:.1f} | "
        f"{outcome.parameters / 1e6:.2f} M | {outcome.clock} |"
    )


def _columns(outcomes: list[Outcome]) -> dict[str, list]:
    names = [name for name in Outcome._fields if name not in ("by_length", "checkpoints")]
    return {name: [getattr(o, name) for o in outcomes] for name in names}
