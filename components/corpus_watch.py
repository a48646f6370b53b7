"""CorpusWatch: is the corpus fit to train on, and is it still the one the served model knows?"""

from pathlib import Path

from tfx import v1 as tfx
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import ExampleAnomalies, ExampleStatistics, Schema
from tfx.utils import io_utils, writer_utils

from components.artifacts import WatchReport
from components.watching.config import WatchSettings
from components.watching.findings import in_brief
from components.watching.page import render
from components.watching.schema import DRIFT, SKEW
from components.watching.statistics import load
from components.watching.verdict import as_json, judge
from corpora.config import SPLITS
from foundation.console import say
from foundation.languages import Languages

PAGE = "statistics.html"
FINDINGS = "findings.json"


@tfx.dsl.components.component
def CorpusWatch(  # noqa: N802 - a component is named like a class
    statistics: tfx.dsl.components.InputArtifact[ExampleStatistics],
    schema: tfx.dsl.components.OutputArtifact[Schema],
    anomalies: tfx.dsl.components.OutputArtifact[ExampleAnomalies],
    report: tfx.dsl.components.OutputArtifact[WatchReport],
    settings: tfx.dsl.components.Parameter[str],
    languages: tfx.dsl.components.Parameter[str],
    earlier: tfx.dsl.components.Parameter[str],
    code: tfx.dsl.components.Parameter[str],
) -> None:
    """Write a page of statistics and what is out of bounds. CorpusGate acts on it.

    Args:
        statistics: of PairStatistics
        schema: receives the schema of the pairs' features
        anomalies: receives TFDV's anomalies by split, with those beyond the limits
        report: receives statistics.html and findings.json
        settings: WatchSettings as JSON
        languages: Languages as JSON
        earlier: the URI of the statistics of the served model's corpus; "" where there is none,
            or where it is this one
        code: the fingerprint of this module
    """
    splits = {split: load(statistics.uri, split) for split in SPLITS}
    chosen = Languages.model_validate_json(languages)
    before = load(earlier, "train") if earlier else None
    verdict = judge(splits, before, WatchSettings.model_validate_json(settings), chosen)
    io_utils.write_pbtxt_file(str(Path(schema.uri, "schema.pbtxt")), verdict.schema)
    anomalies.split_names = artifact_utils.encode_split_names(list(SPLITS))
    for split, found in verdict.anomalies.items():
        # The file that TFX's ExampleValidator writes.
        path = Path(artifact_utils.get_split_uri([anomalies], split), "SchemaDiff.pb")
        writer_utils.write_anomalies(str(path), found)
    folder = Path(report.uri)
    folder.mkdir(parents=True, exist_ok=True)
    page = render(splits, verdict, chosen, compared=before is not None)
    (folder / PAGE).write_text(page, encoding="utf-8")
    (folder / FINDINGS).write_text(as_json(verdict.findings), encoding="utf-8")
    for kind in (DRIFT, SKEW):
        warnings = [f for f in verdict.findings if f.kind == kind and not f.stops]
        if warnings:
            say(f"  {in_brief(warnings, str(folder / PAGE))}")
