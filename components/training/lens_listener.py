"""The gradient lens in MLflow: curves, one picture of all layers, the numbers, and a verdict."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from components.figures import LayerView, lens_page
from components.tracking import Outbox
from foundation.console import say
from models.lens import Lens, Look, in_words
from models.training.reports import (
    CheckpointReport,
    Listener,
    LookReport,
    StartReport,
    ValidationReport,
)

_NOTES = "lens.json"
# Of so many newest looks the one that reaches furthest back gives the verdict: a batch of short
# sentences says little.
_RECENT = 10


class LensListener(Listener):
    """Looks at every update that is shown, and draws what it saw at each validation.

    What was seen lies beside the checkpoints too, so that a training that goes on has the looks
    from before its last checkpoint, and those alone.

    Args:
        run: where to
        lens: of the translator in training
        folder: of the checkpoints
    """

    def __init__(self, run: Outbox, lens: Lens, folder: Path):
        self._run = run
        self._lens = lens
        self._notes = folder / _NOTES
        self._looks: list[dict[str, Any]] = []

    def started(self, report: StartReport) -> None:
        """Take up the looks of an interrupted training."""
        if report.resumed and self._notes.exists():
            looks = json.loads(self._notes.read_text())
            self._looks = [look for look in looks if look["update"] <= report.step]

    def looked(self, report: LookReport) -> None:
        """Measure, and log the curves."""
        kept = np.array(report.kept)
        clipped = float(np.mean(kept < 1))
        looks = self._lens.look(report.source_ids, report.target_ids, report.gradients, clipped)
        layers = {name: _plain(look) for name, look in looks.items()}
        self._looks.append({"update": report.step, "layers": layers})
        metrics = {"gradient/clipped_share": clipped}
        if clipped:
            metrics["gradient/clipped_to"] = float(kept[kept < 1].mean())
        for path, change in report.changes.items():
            metrics[f"gradient/norm/{_dotted(path)}"] = change.norm
            metrics[f"gradient/update_ratio/{_dotted(path)}"] = change.ratio
        for name, look in looks.items():
            metrics |= _curves(_dotted(name), look)
        self._run.log_metrics(
            {name: value for name, value in metrics.items() if np.isfinite(value)}, report.step
        )

    def validated(self, report: ValidationReport) -> None:
        """Draw what was seen so far."""
        views = self._views()
        if not views:
            return
        for theme in ("light", "dark"):
            self._run.log_figure(f"gradients/lens-{theme}.png", lens_page(views, theme == "dark"))
        self._run.log_text("gradients/lens.json", json.dumps(self._looks, allow_nan=False))
        self._run.log_text("gradients/verdicts.md", "\n".join(f"- {v}" for v in self._verdicts()))

    def saved(self, report: CheckpointReport) -> None:
        """What was seen up to this checkpoint."""
        temporary = self._notes.with_suffix(".partial")
        temporary.write_text(json.dumps(self._looks, allow_nan=False))
        temporary.replace(self._notes)

    def ended(self) -> None:
        """The newest verdicts on the console and with the run."""
        verdicts = self._verdicts()
        if verdicts:
            self._run.set_tags({"lens.verdict": "; ".join(verdicts)})
        for verdict in verdicts:
            say(f"  {verdict}")

    def _verdicts(self) -> list[str]:
        newest_first = [look["layers"] for look in self._looks[: -_RECENT - 1 : -1]]
        by_layer = {
            name: [layers[name] for layers in newest_first if name in layers]
            for name in self._names()
        }
        return [
            max(layers, key=lambda layer: layer["distances"][-1])["verdict"]
            for layers in by_layer.values()
            if layers
        ]

    def _names(self) -> list[str]:
        """All layers that were ever seen."""
        return list({name: None for look in self._looks for name in look["layers"]})

    def _views(self) -> list[LayerView]:
        """What there is to draw; a look at which a layer was not seen is left out."""
        views = []
        for name in self._names():
            seen = [look for look in self._looks if name in look["layers"]]
            layers = [look["layers"][name] for look in seen]
            bounds = [layer["bound"] for layer in layers]
            views.append(
                LayerView(
                    name=in_words(name),
                    updates=[look["update"] for look in seen],
                    norms=_side_by_side([layer["norms"] for layer in layers]),
                    distances=[np.array(layer["distances"]) for layer in layers],
                    products=[np.array(layer["products"], float) for layer in layers],
                    bounds=[bound and np.array(bound, float) for bound in bounds],
                    gates={gate: np.array(v) for gate, v in layers[-1]["gates"].items()},
                )
            )
        return views


def _plain(look: Look) -> dict[str, Any]:
    """A look as JSON holds it."""
    return {
        "norms": [] if look.profile is None else _short(look.profile.norms),
        "tokens": [] if look.profile is None else look.profile.tokens.tolist(),
        "step": _short(look.step),
        "distances": look.distances.tolist(),
        "products": _short(look.products),
        "half_life": _short(look.half_life),
        "bound": None if look.bound is None else _short(look.bound),
        "gates": {gate: _short(shares) for gate, shares in look.gates.items()},
        "open": {gate: _short(mean) for gate, mean in look.open.items()},
        "saturated": _short(look.saturated),
        "dead": _short(look.dead),
        "verdict": look.verdict.sentence,
    }


def _short(value: float | np.ndarray) -> float | list | None:
    """Five digits, as thousands of looks are kept; null for what JSON has no number for."""
    if isinstance(value, np.ndarray):
        return [_short(number) for number in value.tolist()]
    return float(f"{value:.5g}") if np.isfinite(value) else None


def _curves(name: str, look: Look) -> dict[str, float]:
    return {
        f"gradient/half_life/{name}": look.half_life,
        f"gradient/jacobian/{name}": look.step,
        f"gradient/arriving/{name}": float(look.products[-1]),
        f"gradient/saturated/{name}": look.saturated,
        f"gradient/dead/{name}": look.dead,
        **{f"gradient/{gate}_gate/{name}": mean for gate, mean in look.open.items()},
    }


def _dotted(path: str) -> str:
    """MLflow's page makes a group of curves of what comes before the last slash."""
    return path.replace("/", ".")


def _side_by_side(columns: list[list[float]]) -> np.ndarray:
    """[D, N], NaN below the end of a shorter column."""
    longest = max(1, *map(len, columns)) if columns else 1
    padded = [column + [np.nan] * (longest - len(column)) for column in columns]
    return np.array(padded, float).T
