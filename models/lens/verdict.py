"""What the numbers mean, in words."""

from typing import Literal, NamedTuple

# Less of a signal than this over the whole distance no longer teaches the beginning.
_VANISHED = 2.0**-5
# More than this drowns what is near.
_EXPLODED = 2.0**5
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
    arriving: float,
    clipped: float = 0.0,
    bound: float | None = None,
) -> Verdict:
    """Whether the gradient of one layer crosses the sentence.

    Args:
        name: the layer's, for the sentence.
        half_life: steps in which ‖∂h_t/∂h_k‖ halves; negative: doubles (see ``half_life``).
        steps: the length that it has to cross.
        arriving: ‖∂h_t/∂h_{t-steps}‖, the share of a signal that crosses.
        clipped: the share of updates that were clipped, 0 … 1.
        bound: the half-life that the textbook bound promises, where there is one.

    Returns:
        A Verdict: vanishing when less than a 32nd arrives, exploding when more than the 32-fold
        does, or more than all of it while most updates are clipped, else healthy.
    """
    limits = f", clipped in {clipped:.0%} of steps" if clipped else ""
    share = f"a dependency {steps} steps back gets {_percent(arriving)} of the signal"
    if arriving < _VANISHED:
        promised = "" if bound is None else f" ({_promise(bound)})"
        return Verdict(
            "vanishing",
            f"{name}: gradient halves every {half_life:.1f} steps{promised}: vanishing; "
            f"{share}{limits}",
        )
    if not arriving <= _EXPLODED:
        return Verdict(
            "exploding",
            f"{name}: gradient doubles every {-half_life:.1f} steps: exploding; {share}{limits}",
        )
    if clipped > _CLIPPED_OFTEN and arriving > 1:
        return Verdict("exploding", f"{name}: exploding{limits}; {share}")
    return Verdict("healthy", f"{name}: healthy; {share}{limits}")


def _promise(bound: float) -> str:
    if 0 <= bound < float("inf"):
        return f"bound says {bound:.1f}"
    return "the bound allows it to last"


def _percent(share: float) -> str:
    if share < 1e-4:
        return "less than 0.01%"
    return f"{share:.0%}" if share >= 0.1 else f"{100 * share:.2g}%"
