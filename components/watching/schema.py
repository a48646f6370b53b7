"""What a split must look like, for TFDV: types, domains, and how near to another it must be."""

import math

import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0.schema_pb2 import FLOAT, INT, HistogramSelection, Schema

from components.watching.features import LANGUAGE, SCRIPT, UNKNOWN_SHARE
from components.watching.statistics import BINS, SplitStatistics
from foundation.examples import CORPUS

DRIFT, SKEW = "drift", "skew"
# Of two samples of the same, one in about a thousand lies further apart than chance() says.
_DEVIATIONS = 3
_CONFIDENCE = math.sqrt(math.log(2 / 0.001) / 2)


def infer(train: SplitStatistics) -> Schema:
    """The schema of the training pairs' features, with domains set by hand."""
    schema = tfdv.infer_schema(train.proto, infer_feature_shape=True)
    # Which corpora, scripts and languages there are is free; how much of each is compared.
    del schema.string_domain[:]
    for feature in schema.feature:
        feature.ClearField("domain")
        if feature.name.endswith((SCRIPT, LANGUAGE)):
            # A pair may have no letters, and languages are recognised for a sample.
            for field in ("presence", "value_count", "shape"):
                feature.ClearField(field)
        elif feature.type == INT:
            feature.int_domain.min = 0
        elif feature.type == FLOAT:
            feature.float_domain.min = 0
            if feature.name.endswith(UNKNOWN_SHARE):
                feature.float_domain.max = 1
    return schema


def compared(
    schema: Schema, kind: str, current: SplitStatistics, other: SplitStatistics, distance: float
) -> Schema:
    """A schema that also bounds the distance between two splits.

    Args:
        schema: what they have in common
        kind: DRIFT or SKEW
        current, other: the two
        distance: what is allowed beyond what chance() makes of samples of their sizes
    """
    bounded = Schema()
    bounded.CopyFrom(schema)
    for feature in bounded.feature:
        name = feature.name
        comparator = getattr(feature, f"{kind}_comparator")
        if name.endswith(UNKNOWN_SHARE):
            continue  # nearly always zero, and bounded by watch.unknown
        if name in current.numbers and name in other.numbers:
            counts = current.numbers[name].count, other.numbers[name].count
            divergence = comparator.jensen_shannon_divergence
            divergence.threshold = distance + number_chance(*counts)
            divergence.source.type = HistogramSelection.STANDARD
        elif _comparable(name, kind, current, other):
            counts = current.categories[name].count, other.categories[name].count
            comparator.infinity_norm.threshold = distance + category_chance(*counts)
    return bounded


def number_chance(first: int, second: int) -> float:
    """The Jensen-Shannon divergence in bits that two samples of one distribution seldom exceed.

    Over k bins it is nearly χ²(k - 1) / (8 ln 2) · (1/n + 1/m), from its second-order expansion
    (Lin 1991, the divergence; Österreicher and Vajda 2003, its χ² limit). TFDV joins the edges
    of both histograms, which makes up to two bins of each.
    """
    freedom = 2 * BINS - 1
    seldom = freedom + _DEVIATIONS * math.sqrt(2 * freedom)
    return seldom / (8 * math.log(2)) * (1 / first + 1 / second)


def category_chance(first: int, second: int) -> float:
    """The L-infinity distance that shares in two samples of one distribution seldom exceed.

    After Massart's bound (1990) on the distance between a sample and its distribution.
    """
    return _CONFIDENCE * math.sqrt(1 / first + 1 / second)


def _comparable(name: str, kind: str, current: SplitStatistics, other: SplitStatistics) -> bool:
    # Held-out splits often come from a corpus of their own, which is no fault.
    if name == CORPUS and kind == SKEW:
        return False
    return all(
        name in split.categories and split.categories[name].count for split in (current, other)
    )
