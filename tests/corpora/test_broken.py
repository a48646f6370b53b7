"""Broken corpora: each gives one sentence that names file and place, or a counted fault.

Nothing is lost silently, and a rerun after mending works.
"""

import errno
import gzip
import io
import socket
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from corpora.reading import chunks, lines, read, read_pairs
from corpora.reading import streams as streams_module
from foundation.errors import UserError
from tests.corpora.sources import COMPRESS, faults, make_source, sentences

GOOD = b"one\ntwo\nthree\n"
TMX = '<?xml version="1.0"?>{doctype}<tmx version="1.4"><body>{body}</body></tmx>'
UNIT = '<tu><tuv xml:lang="en"><seg>{0}</seg></tuv><tuv xml:lang="de"><seg>{1}</seg></tuv></tu>'
BOMB = (
    '<!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE tmx [<!ENTITY x SYSTEM "{}">]>'
PO_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset={}\\n"\n\n'


def tmx(body: str = UNIT.format("dog", "Hund"), doctype: str = "") -> bytes:
    return TMX.format(doctype=doctype, body=body).encode()


def xliff(body: str, languages: str = 'source-language="en" target-language="de"') -> bytes:
    return f'<xliff version="1.2"><file {languages}><body>{body}</body></file></xliff>'.encode()


def parquet(columns: dict) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), buffer)
    return buffer.getvalue()


def packed(ending: str, content: bytes = GOOD) -> bytes:
    return COMPRESS[ending](content)


NAMED = {"source": "en", "target": "de"}
PARQUET = parquet({"source": ["a"] * 9, "target": ["b"] * 9})

# name: (format, contents, file ending, options, part of the sentence)
REFUSED: dict[str, tuple[str, list[bytes], str, dict, str]] = {
    "one line more in the source": ("text", [GOOD, b"1\n2\n"], "", {}, "3 lines and"),
    "one line more in the target": ("text", [b"1\n2\n", GOOD], "", {}, "has 3; line n"),
    "one side empty": ("text", [b"", GOOD], "", {}, "has 0 lines"),
    "both sides empty": ("text", [b"", b""], "", {}, "is empty"),
    "misaligned and compressed": (
        "text",
        [packed(".gz"), packed(".gz", b"1\n")],
        ".gz",
        {},
        "has 1; line n",
    ),
    "an empty .gz file": ("text", [b"", b""], ".gz", {}, "is empty"),
    "Latin-1 in line 2": ("text", [b"a\nb\n", b"a\nM\xfcnchen\n"], "", {}, "line 2, byte 2: 0xfc"),
    "a lone surrogate in bytes": ("text", [b"\xed\xa0\x80\n", b"a\n"], "", {}, "byte 1: 0xed"),
    "an overlong form": ("text", [b"\xc0\xaf\n", b"a\n"], "", {}, "byte 1: 0xc0"),
    "a character cut at the end": ("text", [b"a\xc3", b"a\n"], "", {}, "line 1, byte 2: 0xc3"),
    "Latin-1, compressed": (
        "text",
        [packed(".xz", b"\xfc\n"), packed(".xz", b"a\n")],
        ".xz",
        {},
        "line 1, byte 1",
    ),
    "UTF-16 with a mark": ("text", ["dog\n".encode("utf-16"), b"a\n"], "", {}, "is UTF-16"),
    "UTF-16 big endian": (
        "text",
        [b"\xfe\xff" + "dög\n".encode("utf-16-be"), b"a\n"],
        "",
        {},
        "is UTF-16",
    ),
    "gzip without the ending": ("text", [packed(".gz"), GOOD], "", {}, "let its name end in .gz"),
    "xz without the ending": ("text", [packed(".xz"), GOOD], "", {}, "let its name end in .xz"),
    "zstandard without the ending": ("tsv", [packed(".zst")], "", {}, "end in .zst"),
    "text named .gz": ("text", [GOOD, GOOD], ".gz", {}, "is not gzip"),
    "text named .bz2": ("tsv", [GOOD], ".bz2", {}, "is not bzip2"),
    "text named .xz": ("jsonl", [GOOD], ".xz", {}, "is not xz"),
    "text named .zst": ("csv", [GOOD], ".zst", {}, "is not zstandard"),
    **{
        f"truncated {ending}": (
            "text",
            [packed(ending, GOOD * 999)[:-9], packed(ending, GOOD * 999)],
            ending,
            {},
            "is truncated or damaged",
        )
        for ending in (".gz", ".bz2", ".xz", ".zst")
    },
    **{
        f"damaged {ending}": (
            "tsv",
            [packed(ending, GOOD)[:20] + b"\xff\x00\xff" + packed(ending, GOOD)[23:]],
            ending,
            {},
            "is truncated or damaged",
        )
        for ending in (".gz", ".bz2", ".xz", ".zst")
    },
    "rubbish behind .gz": (
        "text",
        [packed(".gz") + b"rubbish", packed(".gz")],
        ".gz",
        {},
        "is truncated or damaged",
    ),
    "TSV without the column": ("tsv", [b"id\ttext\n"], "", {"columns": NAMED}, "'en' but id, text"),
    "an empty TSV": ("tsv", [b""], "", {}, "is empty"),
    "a TSV header that is not UTF-8": ("tsv", [b"\xff\tde\n"], "", {"columns": NAMED}, "line 1"),
    "CSV without the column": ("csv", [b"id,text\n"], "", {"columns": NAMED}, "line 1: no column"),
    "an empty CSV": ("csv", [b""], "", {}, "is empty"),
    "a CSV of a header alone": ("csv", [b"en,de\n"], "", {"columns": NAMED}, "is empty"),
    "an open quotation mark": ("csv", [b'a,b\n"c,d\ne,f\n'], "", {}, "a quotation mark"),
    "an open quotation mark in a large file": (
        "csv",
        [b'a,"b\n' + b"c,d\n" * 300_000],
        "",
        {},
        "a quotation mark",
    ),
    "a quotation mark within a value": ("csv", [b'a,"b"c\n'], "", {}, "line 1"),
    "CSV that is not UTF-8": ("csv", [b"a,b\nc,\xff\n"], "", {}, "line 2, byte 3"),
    "an empty JSONL": ("jsonl", [b""], "", {}, "is empty"),
    "JSONL that is not UTF-8": ("jsonl", [b'{"a": "\xff"}\n'], "", {}, "line 1, byte 8"),
    "TMX of nothing": ("tmx", [b""], "", {}, "broken XML"),
    "TMX cut off": ("tmx", [tmx()[:-20]], "", {}, "broken XML"),
    "TMX with a wrong end tag": ("tmx", [tmx("<tu></tuv>")], "", {}, "line 1, column"),
    "TMX that is plain text": ("tmx", [GOOD], "", {}, "broken XML"),
    "TMX without units": ("tmx", [tmx("")], "", {}, "no translation unit"),
    "TMX with a control character": ("tmx", [tmx("<tu>\x01</tu>")], "", {}, "broken XML"),
    "TMX in a wrong encoding": (
        "tmx",
        [tmx().replace(b'"1.0"', b'"1.0" encoding="utf-8"').replace(b"Hund", b"H\xfcnd")],
        "",
        {},
        "broken XML",
    ),
    "TMX with a NUL": ("tmx", [tmx("\x00")], "", {}, "broken XML: "),
    "TMX with an unknown entity": ("tmx", [tmx(UNIT.format("&x;", "b"))], "", {}, "broken XML"),
    "entities that expand": ("tmx", [tmx(UNIT.format("&i;", "b"), BOMB)], "", {}, "broken XML"),
    "XLIFF of another language": (
        "xliff",
        [xliff("", 'source-language="fr" target-language="de"')],
        "",
        {},
        "source-language is fr, not en",
    ),
    "XLIFF without units": ("xliff", [xliff("")], "", {}, "no <trans-unit>"),
    "XLIFF cut off": ("xliff", [xliff("<trans-unit>")[:-30]], "", {}, "broken XML"),
    "PO with a syntax error": ("po", [b'msgid "a"\nnonsense\n'], "", {}, "no gettext catalogue"),
    "PO of nothing": ("po", [b""], "", {}, "holds no message"),
    "PO not in its encoding": (
        "po",
        [PO_HEAD.format("UTF-8").encode() + b'msgid "a"\nmsgstr "\xff"\n'],
        "",
        {},
        "no gettext catalogue",
    ),
    "Parquet that is text": ("parquet", [GOOD], "", {}, "no parquet file"),
    "Parquet cut off": ("parquet", [PARQUET[:-10]], "", {}, "no parquet file"),
    "Parquet of nothing": ("parquet", [b""], "", {}, "no parquet file"),
    "Parquet without the column": ("parquet", [PARQUET], "", {"columns": NAMED}, "'en' but source"),
    "Parquet of numbers": (
        "parquet",
        [parquet({"source": [1], "target": ["a"]})],
        "",
        {},
        "holds int64, not text",
    ),
    "Parquet without rows": (
        "parquet",
        [parquet({"source": pyarrow.array([], "string"), "target": pyarrow.array([], "string")})],
        "",
        {},
        "is empty",
    ),
    "Arrow that is text": ("arrow", [GOOD], "", {}, "no arrow file"),
    "Arrow cut off": ("arrow", [b"ARROW1\x00\x00\xff"], "", {}, "no arrow file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_sentence(tmp_path, name):
    kind, contents, ending, options, expected = REFUSED[name]
    source = make_source(tmp_path, kind, *contents, ending=ending, **options)
    with pytest.raises(UserError) as caught:
        list(read_pairs(source))
    sentence = str(caught.value)
    assert expected in sentence
    assert any(path in sentence for path in source.paths)
    assert "\n" not in sentence and sentence.endswith(".")
    if kind == "text":
        for path in source.paths:
            Path(path).write_bytes(packed(ending))
        assert len(sentences(source)) == 3


DEEP = b"[" * 100_000 + b"]" * 100_000
# name: (format, content, options, line and fault of what cannot be used, how many pairs are good)
COUNTED: dict[str, tuple[str, bytes, dict, list[tuple[int, str]], int]] = {
    "ragged TSV": ("tsv", b"a\tb\nc\nd\te\tf\n", {}, [(2, "1 of 2 columns")], 2),
    "blank lines in TSV": ("tsv", b"\n\n", {}, [(1, "1 of 2 columns"), (2, "1 of 2 columns")], 0),
    "ragged CSV": ("csv", b"a,b\nc\n", {}, [(2, "1 of 2 columns")], 1),
    "a blank line in CSV": ("csv", b"a,b\n\nc,d\n", {}, [(2, "0 of 2 columns")], 2),
    "broken JSON": ("jsonl", b'{"source": "a"\n', {}, [(1, "not JSON")], 0),
    "a blank line in JSONL": ("jsonl", b"\n", {}, [(1, "not JSON")], 0),
    "deep JSON": ("jsonl", DEEP, {}, [(1, "JSON nested too deeply")], 0),
    "JSON without the key": ("jsonl", b'{"source": "a"}', {}, [(1, "no text under target")], 0),
    "JSON of a number": (
        "jsonl",
        b'{"source": 1, "target": "b"}',
        {},
        [(1, "no text under source")],
        0,
    ),
    "JSON of a list": ("jsonl", b"[1, 2]", {}, [(1, "no text under source")], 0),
    "half a surrogate pair": (
        "jsonl",
        b'{"source": "\\ud800", "target": "b"}',
        {},
        [(1, "half a surrogate pair under source")],
        0,
    ),
    "TMX without the language": (
        "tmx",
        tmx(UNIT.format("a", "b").replace("de", "fr")),
        {},
        [(1, "no de variant")],
        0,
    ),
    "an external file as entity": (
        "tmx",
        tmx(UNIT.format("&x;", "b"), OUTSIDE.format("file:///etc/passwd")),
        {},
        [(1, "an entity of the file's own")],
        0,
    ),
    "XLIFF without a target": (
        "xliff",
        xliff("<trans-unit><source>a</source></trans-unit>"),
        {},
        [(1, "no target")],
        0,
    ),
    "fuzzy PO": ("po", b'#, fuzzy\nmsgid "a"\nmsgstr "b"\n', {}, [(1, "fuzzy")], 0),
    "three plural forms": (
        "po",
        b'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\nmsgstr[2] "e"\n',
        {},
        [(1, "3 plural forms"), (1, "3 plural forms")],
        0,
    ),
    "nulls in Parquet": (
        "parquet",
        parquet({"source": ["a", None], "target": ["b", "c"]}),
        {},
        [(2, "null")],
        1,
    ),
}


@pytest.mark.parametrize("name", COUNTED)
def test_counted_not_lost(tmp_path, name):
    kind, content, options, expected, good = COUNTED[name]
    source = make_source(tmp_path, kind, content, **options)
    assert faults(source) == expected
    assert sum(not pair.fault for pair in read_pairs(source)) == good


def test_nothing_is_fetched_for_an_external_reference(tmp_path, monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    doctype = '<!DOCTYPE tmx SYSTEM "http://127.0.0.1:9/tmx14.dtd">'
    source = make_source(tmp_path, "tmx", tmx(doctype=doctype))
    assert sentences(source) == [("dog", "Hund")]
    outside = OUTSIDE.format("http://127.0.0.1:9/x")
    assert faults(make_source(tmp_path, "tmx", tmx(UNIT.format("&x;", "b"), outside))) == [
        (1, "an entity of the file's own")
    ]


def test_only_blank_lines_are_pairs_that_a_rule_drops(tmp_path):
    assert sentences(make_source(tmp_path, "text", b"\n\n", b"\n\n")) == [("", ""), ("", "")]


def test_nuls_and_other_separators_stay_within_a_line(tmp_path):
    left = "a\x00b\x0bc\x1cd\x85e\u2028f\rg\n".encode()
    assert sentences(make_source(tmp_path, "text", left, b"x\n")) == [
        ("a\x00b\x0bc\x1cd\x85e\u2028f\rg", "x")
    ]


def test_a_line_of_100_megabytes(tmp_path):
    [(left, _)] = sentences(make_source(tmp_path, "text", b"a" * 100_000_000, b"b\n"))
    assert len(left) == 100_000_000


def _missing(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("kind", ["text", "tsv", "csv", "jsonl", "tmx", "xliff", "po", "parquet"])
@pytest.mark.parametrize(
    ("damage", "expected"), [(_missing, "does not exist"), (_folder, "is a folder")]
)
def test_no_file_or_a_folder(tmp_path, kind, damage: Callable[[Path], None], expected):
    source = make_source(tmp_path, kind, *([GOOD] * (2 if kind == "text" else 1)))
    damage(Path(source.paths[-1]))
    with pytest.raises(UserError, match=expected) as caught:
        list(read_pairs(source))
    assert source.paths[-1] in str(caught.value)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.EACCES, "may not be read"),
        (errno.EIO, "cannot be read"),
        (errno.ENOSPC, "cannot be read"),
    ],
)
def test_what_the_system_says(tmp_path, monkeypatch, number, expected):
    source = make_source(tmp_path, "text", GOOD, GOOD)

    def refuse(*_):
        raise OSError(number, "no")

    monkeypatch.setattr(streams_module, "_check_magic", refuse)
    with pytest.raises(UserError, match=expected):
        list(read_pairs(source))


def test_a_full_disk_while_a_file_is_unpacked(tmp_path, monkeypatch):
    source = make_source(tmp_path, "parquet", gzip.compress(PARQUET), ending=".gz")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(streams_module.shutil, "copyfileobj", full)
    with pytest.raises(UserError, match="No space left"):
        list(read_pairs(source))


@pytest.mark.parametrize("change", [b"one\n", b"one\n\xff\nthree\n"])
def test_a_file_that_changes_while_it_is_read(tmp_path, change):
    source = make_source(tmp_path, "text", GOOD, GOOD)
    pieces = list(chunks(source))
    Path(source.paths[0]).write_bytes(change)
    with pytest.raises(UserError, match="run again"):
        [pair for chunk in pieces for pair in read(chunk)]


def test_the_fault_is_found_far_into_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "CHUNK_LINES", 10)
    left = b"".join(b"line %d\n" % i for i in range(1000)).replace(b"line 777", b"l\xefne 777")
    source = make_source(tmp_path, "text", left, b"x\n" * 1000)
    with pytest.raises(UserError, match="line 778, byte 2: 0xef"):
        list(chunks(source))


def test_there_are_at_least_sixty():
    assert len(REFUSED) + len(COUNTED) >= 60
