"""CorpusGate: a corpus that is out of bounds goes no further."""

from pathlib import Path

from tfx import v1 as tfx

from components.artifacts import WatchReport
from components.corpus_watch import FINDINGS, PAGE
from components.watching.findings import in_brief
from components.watching.verdict import from_json
from foundation.errors import UserError


@tfx.dsl.components.component
def CorpusGate(  # noqa: N802 - a component is named like a class
    report: tfx.dsl.components.InputArtifact[WatchReport],
    code: tfx.dsl.components.Parameter[str],
) -> None:
    """Stop the run where CorpusWatch found something that stops it.

    It is a component of its own, since what a failing one has written is not kept, and the page
    is wanted most when something is wrong.

    Args:
        report: of CorpusWatch
        code: the fingerprint of this module

    Raises:
        UserError: what was found.
    """
    pass_or_stop(Path(report.uri))


def pass_or_stop(report: Path) -> None:
    """Raises UserError where something in the report of CorpusWatch stops the run."""
    findings = from_json((report / FINDINGS).read_text(encoding="utf-8"))
    stopping = [finding for finding in findings if finding.stops]
    if stopping:
        raise UserError(in_brief(stopping, str(report / PAGE)))
