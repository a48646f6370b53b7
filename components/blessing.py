"""Whether a model is good enough to take the place of the served one."""

from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from foundation.settings import Settings


class EvaluationSettings(Settings):
    """What the user writes under ``evaluation:``."""

    floor: float = Field(10.0, ge=0, le=100, description="BLEU that a first model must reach")
    margin: float = Field(0.0, description="BLEU points to gain over the served model")


class Verdict(NamedTuple):
    """Whether a model is blessed, and why in one sentence."""

    blessed: bool
    reason: str


def judge(candidate: float, served: float | None, settings: EvaluationSettings) -> Verdict:
    """Compare BLEU points of the candidate with the served model's, or with the floor."""
    if served is None:
        blessed = candidate >= settings.floor
        sign = "≥" if blessed else "<"
        return Verdict(blessed, f"first model: BLEU {candidate:.1f} {sign} floor {settings.floor}")
    gain = candidate - served
    blessed = gain > settings.margin
    sign = ">" if blessed else "≤"
    return Verdict(
        blessed,
        f"BLEU {candidate:.1f} against {served:.1f} of the served model: "
        f"{gain:+.1f} {sign} margin {settings.margin}",
    )


def newest_version(folder: Path) -> Path | None:
    """The version folder with the highest number, or None."""
    versions = [p for p in folder.glob("*") if p.is_dir() and p.name.isdigit()]
    return max(versions, key=lambda p: int(p.name), default=None)
