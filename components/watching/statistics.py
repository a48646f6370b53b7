"""Reading back what TFDV measured."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import tensorflow_data_validation as tfdv
from apache_beam.io.filesystems import FileSystems
from numpy.typing import NDArray
from tensorflow_metadata.proto.v0.statistics_pb2 import (
    DatasetFeatureStatisticsList,
    FeatureNameStatistics,
    Histogram,
)

# The name that TFX and TFDV look for in the folder of a split.
STATISTICS_FILE = "FeatureStats.pb"
# Quantiles are what the page draws.
QUANTILES = 100
# Equal bins are what distributions are compared by: many of them make whole numbers jump between
# bins, and need more pairs to tell a difference from chance.
BINS = 20
OPTIONS = tfdv.StatsOptions(
    num_top_values=50, num_histogram_buckets=BINS, num_quantiles_histogram_buckets=QUANTILES
)


class Numbers(NamedTuple):
    """The distribution of a numeric feature.

    edges: [QUANTILES + 1], from the least value to the greatest, the same mass between each two.
    """

    count: int
    mean: float
    edges: NDArray[np.float64]

    def quantile(self, share: float) -> float:
        """The value under which this share of the pairs lies, between two edges by a line."""
        return float(np.interp(share, np.linspace(0, 1, len(self.edges)), self.edges))

    @property
    def median(self) -> float:
        """The quantile 0.5."""
        return self.quantile(0.5)

    def masses(self, bounds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share of the pairs in each bin between two bounds, [len(bounds) - 1].

        The mass between two edges is spread evenly; where they are equal it lies in one value.
        """
        low, high = self.edges[:-1, None], self.edges[1:, None]
        overlap = np.minimum(high, bounds[1:]) - np.maximum(low, bounds[:-1])
        width = high - low
        spread = np.clip(overlap, 0, None) / np.where(width > 0, width, 1)
        bins = len(bounds) - 1
        home = np.minimum(np.searchsorted(bounds, low, side="right") - 1, bins - 1)
        point = (home == np.arange(bins)) & (low <= bounds[-1])
        return np.where(width > 0, spread, point).sum(axis=0) / len(low)


class Categories(NamedTuple):
    """The distribution of a categorical feature; count: of the pairs that have a value."""

    count: int
    shares: dict[str, float]


class SplitStatistics:
    """The statistics of one split, as the proto has them and by feature."""

    def __init__(self, proto: DatasetFeatureStatisticsList):
        self.proto = proto
        [dataset] = proto.datasets
        self.pairs = int(dataset.num_examples)
        self._features = {feature.path.step[0]: feature for feature in dataset.features}

    @cached_property
    def numbers(self) -> dict[str, Numbers]:
        """The numeric features."""
        return {
            name: _numbers(feature)
            for name, feature in self._features.items()
            if feature.HasField("num_stats")
        }

    @cached_property
    def categories(self) -> dict[str, Categories]:
        """The categorical features, each with its most frequent values first."""
        return {
            name: _categories(feature)
            for name, feature in self._features.items()
            if feature.HasField("string_stats")
        }


def load(statistics: str, split: str) -> SplitStatistics:
    """The statistics of a split from an ExampleStatistics artifact."""
    path = FileSystems.join(statistics, f"Split-{split}", STATISTICS_FILE)
    return SplitStatistics(tfdv.load_stats_binary(path))


def _numbers(feature: FeatureNameStatistics) -> Numbers:
    found = feature.num_stats
    [histogram] = [h for h in found.histograms if h.type == Histogram.QUANTILES]
    edges = [histogram.buckets[0].low_value, *(b.high_value for b in histogram.buckets)]
    return Numbers(int(found.common_stats.num_non_missing), found.mean, np.array(edges))


def _categories(feature: FeatureNameStatistics) -> Categories:
    found = feature.string_stats
    buckets = found.rank_histogram.buckets
    total = found.common_stats.tot_num_values
    shares = {bucket.label: bucket.sample_count / total for bucket in buckets}
    return Categories(int(found.common_stats.num_non_missing), shares)
