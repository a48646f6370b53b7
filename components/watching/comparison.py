"""How far a split lies from another: drift from an earlier corpus, skew between splits."""

from collections.abc import Iterator
from typing import NamedTuple

import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0.anomalies_pb2 import Anomalies
from tensorflow_metadata.proto.v0.schema_pb2 import Schema

from components.watching.findings import Finding, in_words
from components.watching.schema import DRIFT, SKEW, compared
from components.watching.statistics import SplitStatistics

_AGAINST = {DRIFT: "the corpus of the served model", SKEW: "train"}


class Distance(NamedTuple):
    """How far a feature's distribution lies from another; ``before`` and ``now`` in words."""

    kind: str
    split: str
    feature: str
    measured: float
    limit: float
    before: str
    now: str


class Comparison(NamedTuple):
    """TFDV's verdict on a split, and the distances that it measured."""

    anomalies: Anomalies
    distances: list[Distance]


def compare(
    split: str,
    current: SplitStatistics,
    other: SplitStatistics | None,
    kind: str,
    schema: Schema,
    allowed: float,
) -> Comparison:
    """Holds a split to the schema, and to another split where there is one.

    Args:
        split: its name
        current: its statistics
        other: what it is compared with
        kind: DRIFT or SKEW
        schema: of schema.infer
        allowed: see schema.compared
    """
    if other is None:
        return Comparison(tfdv.validate_statistics(current.proto, schema), [])
    schema = compared(schema, kind, current, other, allowed)
    role = {DRIFT: "previous_statistics", SKEW: "serving_statistics"}[kind]
    anomalies = tfdv.validate_statistics(current.proto, schema, **{role: other.proto})
    measured = {
        info.path.step[0]: measurement
        for info in anomalies.drift_skew_info
        for measurement in getattr(info, f"{kind}_measurements")
    }
    distances = [
        Distance(kind, split, name, found.value, found.threshold, *_contrast(name, other, current))
        for name, found in measured.items()
    ]
    return Comparison(anomalies, distances)


def too_far(distances: list[Distance], stops: bool) -> Iterator[Finding]:
    """A finding for each distance above its limit, the furthest beyond it first."""
    for found in sorted(distances, key=lambda found: found.limit - found.measured):
        if found.measured > found.limit:
            yield Finding(found.kind, found.split, found.feature, _sentence(found), stops)


def _sentence(found: Distance) -> str:
    return (
        f"watch.{found.kind}: by {in_words(found.feature)}, {found.split} is unlike "
        f"{_AGAINST[found.kind]}: {found.now} against {found.before}, a distance of "
        f"{found.measured:.2f} where {found.limit:.2f} is allowed; check what changed, or raise "
        "watch.distance."
    )


def _contrast(name: str, before: SplitStatistics, now: SplitStatistics) -> tuple[str, str]:
    """Both distributions in words: the median, or the share of the category that moved most."""
    if name in now.numbers:
        numbers = (split.numbers[name] for split in (before, now))
        old, new = (f"median {n.median:.3g}, mean {n.mean:.3g}" for n in numbers)
        return old, new
    shares = [split.categories[name].shares for split in (before, now)]
    moved = max(shares[0] | shares[1], key=lambda k: abs(shares[0].get(k, 0) - shares[1].get(k, 0)))
    old, new = (f"{share.get(moved, 0):.0%} {moved}" for share in shares)
    return old, new
