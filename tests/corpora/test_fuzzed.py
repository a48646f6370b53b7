"""Whatever bytes a file holds, a reader yields pairs or says one sentence."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpora.reading import read_pairs
from foundation.errors import UserError
from tests.corpora.sources import COMPRESS, make_source
from tests.corpora.test_reading import FORMATS

KINDS = {kind: contents[0] for kind, contents in FORMATS.values()}
# FUZZ_EXAMPLES=6000 tries some 90,000 files.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))


def survives(kind: str, content: bytes, ending: str = "") -> None:
    """Reads a file with this content; every pair that comes out can be encoded."""
    with tempfile.TemporaryDirectory() as folder:
        contents = [content] * (2 if kind == "text" else 1)
        source = make_source(Path(folder), kind, *contents, ending=ending)
        try:
            for pair in read_pairs(source):
                if not pair.fault:
                    f"{pair.source}{pair.target}".encode()
        except UserError as error:
            assert "\n" not in str(error)


@st.composite
def damaged(draw, content: bytes) -> bytes:
    """A good file, in which stretches have been replaced, removed or repeated."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        middle = draw(st.one_of(st.binary(max_size=12), st.just(content[start:end] * 2)))
        content = content[:start] + middle + content[end:]
    return content


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_files(kind, data):
    survives(kind, data.draw(damaged(KINDS[kind])))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=EXAMPLES // 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.binary(max_size=200))
def test_any_bytes(kind, content):
    survives(kind, content)


@pytest.mark.parametrize("ending", [ending for ending in COMPRESS if ending])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_compression(ending, data):
    survives("tsv", data.draw(damaged(COMPRESS[ending](KINDS["tsv"] * 20))), ending)
