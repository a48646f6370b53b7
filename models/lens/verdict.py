"""What the numbers mean, in words."""

from typing import Literal, NamedTuple

# A gradient that has halved this often over the sentence no longer teaches its beginning.
_HALVINGS_LOST = 5.0
# One that has doubled this often drowns what is near.
_DOUBLINGS_LOST = 5.0
# Clipping this share of the updates means that the limit, not the loss, decides their size.
_CLIPPED_OFTEN = 0.5

Kind = Literal["healthy", "vanishing", "exploding"]


class Verdict(NamedTuple):
    """kind: what it is; sentence: the same with its numbers, for people."""

    kind: Kind
    sentence: str


def judge(
    name: str,
    half_life: float,
    steps: int,
    clipped: float = 0.0,
    bound: float | None = None,
) -> Verdict:
    """Whether the gradient of one layer crosses the sentence.

    Args:
        name: the layer's, for the sentence.
        half_life: steps in which the gradient halves; negative: doubles (see ``half_life``).
        steps: the length that it has to cross.
        clipped: the share of updates that were clipped, 0 … 1.
        bound: the half-life that the textbook bound promises, where there is one.

    Returns:
        A Verdict: vanishing when the gradient halves more than five times over ``steps``, exploding
        when it doubles more than five times or most updates were clipped, else healthy.
    """
    halvings = float("inf") if half_life == 0 else steps / half_life
    limits = f", clipped in {clipped:.0%} of steps" if clipped else ""
    if halvings > _HALVINGS_LOST:
        arriving = f"a dependency {steps} steps back gets {_percent(2.0**-halvings)} of the signal"
        promised = "" if bound is None else f" ({_promise(bound)})"
        return Verdict(
            "vanishing",
            f"{name}: gradient halves every {half_life:.1f} steps{promised}: vanishing; "
            f"{arriving}{limits}",
        )
    if halvings < -_DOUBLINGS_LOST:
        return Verdict(
            "exploding",
            f"{name}: gradient doubles every {-half_life:.1f} steps: exploding{limits}",
        )
    if clipped > _CLIPPED_OFTEN:
        return Verdict("exploding", f"{name}: exploding{limits}")
    return Verdict(
        "healthy",
        f"{name}: healthy; a dependency {steps} steps back gets {_percent(2.0**-halvings)} "
        f"of the signal{limits}",
    )


def _promise(bound: float) -> str:
    if 0 <= bound < float("inf"):
        return f"bound says {bound:.1f}"
    return "the bound allows it to last"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 else f"{100 * share:.2g}%"
