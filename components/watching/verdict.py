"""Everything that is found about a corpus: limits, schema, drift and skew, put together."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tensorflow_metadata.proto.v0.anomalies_pb2 import Anomalies, AnomalyInfo
from tensorflow_metadata.proto.v0.schema_pb2 import Schema

from components.watching.comparison import Comparison, Distance, compare, too_far
from components.watching.config import WatchSettings
from components.watching.findings import Finding, beyond_limits
from components.watching.schema import DRIFT, SKEW, infer
from components.watching.statistics import SplitStatistics
from foundation.languages import Languages

_COMPARATORS = "COMPARATOR_"
# What TFDV calls the whole of a split.
_WHOLE = "pairs"


class Verdict(NamedTuple):
    """What was found.

    anomalies: by split, as TFDV's tools read them, with the findings beyond the limits.
    """

    schema: Schema
    distances: list[Distance]
    findings: list[Finding]
    anomalies: dict[str, Anomalies]


def judge(
    splits: Mapping[str, SplitStatistics],
    earlier: SplitStatistics | None,
    settings: WatchSettings,
    languages: Languages,
) -> Verdict:
    """Holds a corpus to the limits and compares it.

    Args:
        splits: the statistics of train, validation and test
        earlier: those of the training pairs of the served model
        settings: the limits
        languages: what the sides should be written in
    """
    schema = infer(splits["train"])
    comparisons = {split: _comparison(split, splits, earlier, schema, settings) for split in splits}
    distances = [d for comparison in comparisons.values() for d in comparison.distances]
    findings = [
        *beyond_limits(splits, settings, languages),
        *(f for split, c in comparisons.items() for f in _against_schema(split, c.anomalies)),
        *too_far([d for d in distances if d.kind == DRIFT], settings.drift == "stop"),
        *too_far([d for d in distances if d.kind == SKEW], settings.skew == "stop"),
    ]
    anomalies = {split: comparison.anomalies for split, comparison in comparisons.items()}
    for finding in findings:
        _enter(finding, anomalies[finding.split])
    return Verdict(schema, distances, findings, anomalies)


def as_json(findings: list[Finding]) -> str:
    """The findings, for the components that act on them."""
    return json.dumps([finding._asdict() for finding in findings], indent=2, ensure_ascii=False)


def from_json(text: str) -> list[Finding]:
    """The findings that as_json wrote."""
    return [Finding(**row) for row in json.loads(text)]


def _comparison(
    split: str,
    splits: Mapping[str, SplitStatistics],
    earlier: SplitStatistics | None,
    schema: Schema,
    settings: WatchSettings,
) -> Comparison:
    if split == "train":
        kind, other = DRIFT, earlier if settings.drift else None
    else:
        kind, other = SKEW, splits["train"] if settings.skew else None
    return compare(split, splits[split], other, kind, schema, settings.distance)


def _against_schema(split: str, anomalies: Anomalies) -> Iterator[Finding]:
    """What TFDV objects to besides distances."""
    for feature, info in anomalies.anomaly_info.items():
        for reason in info.reason:
            if not AnomalyInfo.Type.Name(reason.type).startswith(_COMPARATORS):
                sentence = f"{feature} of {split} does not fit the schema: {reason.description}"
                yield Finding("schema", split, feature, sentence, stops=True)


def _enter(finding: Finding, anomalies: Anomalies) -> None:
    """Adds a finding to TFDV's anomalies, and says how grave it is."""
    if finding.feature:
        info = anomalies.anomaly_info[finding.feature]
    else:
        info = anomalies.dataset_anomaly_info
    if not info.reason:
        info.reason.add(
            type=AnomalyInfo.CUSTOM_VALIDATION,
            short_description=finding.kind,
            description=finding.sentence,
        )
        info.path.step.append(finding.feature or _WHOLE)
        info.description, info.short_description = finding.sentence, finding.kind
    info.severity = AnomalyInfo.ERROR if finding.stops else AnomalyInfo.WARNING
