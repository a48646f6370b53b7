"""The gate: what stops a run is said, with the page that shows it."""

import pytest

from components.corpus_gate import pass_or_stop
from components.corpus_watch import FINDINGS
from components.watching.findings import Finding
from components.watching.verdict import as_json
from foundation.errors import UserError

WARNS = Finding("skew", "test", "ratio", "test is unlike train.", stops=False)
STOPS = Finding("limit", "train", "", "train has 3 pairs and needs 100.", stops=True)


def gate(folder, findings):
    (folder / FINDINGS).write_text(as_json(findings))
    pass_or_stop(folder)


def test_a_warning_lets_pass(tmp_path):
    gate(tmp_path, [WARNS])


def test_what_stops_is_one_sentence_with_the_page(tmp_path):
    with pytest.raises(UserError, match=r"needs 100\. \(pictures: .*statistics\.html\)"):
        gate(tmp_path, [WARNS, STOPS])
