"""BLEU by source length, a line for every model."""

from collections.abc import Mapping, Sequence
from itertools import cycle

from matplotlib.figure import Figure

from components.by_length import LengthScore

# Okabe and Ito's colours, told apart by colour-blind readers, each with its own marker.
_LOOKS = (
    ("#0072B2", "o"),
    ("#D55E00", "s"),
    ("#009E73", "^"),
    ("#CC79A7", "D"),
    ("#E69F00", "v"),
)


def bleu_by_length_chart(models: Mapping[str, Sequence[LengthScore]]) -> Figure:
    """BLEU in points over the buckets of source words.

    Args:
        models: the scores of each model by its name; all of the same buckets
    """
    sizes = {score.length: score.sentences for scores in models.values() for score in scores}
    shown = list(sizes)
    figure = Figure(figsize=(8, 4.5), layout="constrained", facecolor="white")
    axes = figure.subplots()
    for (model, scores), (colour, marker) in zip(models.items(), cycle(_LOOKS), strict=False):
        places = [shown.index(score.length) for score in scores]
        heights = [score.bleu for score in scores]
        axes.plot(places, heights, color=colour, marker=marker, linewidth=2, label=model)
    axes.set_xticks(range(len(shown)), [f"{label}\n({sizes[label]})" for label in shown])
    axes.set_xlabel("words in the source sentence (sentences in the test set)")
    axes.set_ylabel("BLEU")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title("Translation quality by source length")
    axes.legend(frameon=False)
    return figure
