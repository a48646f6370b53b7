"""Every format, plain and compressed, gives the same pairs; chunks cover each pair once."""

import io
import json

import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest

from corpora.reading import chunks, lines, read
from tests.corpora.sources import COMPRESS, faults, make_source, pairs, sentences

PAIRS = [
    ("Good morning.", "Guten Morgen."),
    ('He says "no", twice.', "Er sagt „nein“,\u2028zweimal."),
    ("1 < 2 & 3 > 2", "größer & kleiner"),
]


def side(index: int) -> bytes:
    return "".join(pair[index] + "\n" for pair in PAIRS).encode()


def table() -> pyarrow.Table:
    return pyarrow.table({"source": [p[0] for p in PAIRS], "target": [p[1] for p in PAIRS]})


def parquet(rows: pyarrow.Table, row_group_size: int | None = None) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(rows, buffer, row_group_size=row_group_size)
    return buffer.getvalue()


def arrow(rows: pyarrow.Table, new=pyarrow.ipc.new_file) -> bytes:
    buffer = io.BytesIO()
    with new(buffer, rows.schema) as writer:
        writer.write_table(rows)
    return buffer.getvalue()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def tmx() -> bytes:
    units = "".join(
        f'<tu><tuv xml:lang="EN-us"><seg>{escaped(left)}</seg></tuv>'
        f'<tuv xml:lang="de"><seg>{escaped(right)}</seg></tuv></tu>'
        for left, right in PAIRS
    )
    return f'<?xml version="1.0"?><tmx version="1.4"><body>{units}</body></tmx>'.encode()


def xliff_1() -> bytes:
    units = "".join(
        f"<trans-unit><source>{escaped(left)}</source><target>{escaped(right)}</target>"
        "</trans-unit>"
        for left, right in PAIRS
    )
    return (
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
        f'<file source-language="en" target-language="de-AT"><body>{units}</body></file></xliff>'
    ).encode()


def xliff_2() -> bytes:
    units = "".join(
        f"<unit><segment><source>{escaped(left)}</source><target>{escaped(right)}</target>"
        "</segment></unit>"
        for left, right in PAIRS
    )
    return (
        '<xliff version="2.0" srcLang="en-GB" trgLang="de" '
        f'xmlns="urn:oasis:names:tc:xliff:document:2.0"><file id="f">{units}</file></xliff>'
    ).encode()


def po() -> bytes:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    quoted = [[json.dumps(text, ensure_ascii=False) for text in pair] for pair in PAIRS]
    return (head + "\n".join(f"msgid {a}\nmsgstr {b}\n" for a, b in quoted)).encode()


FORMATS = {
    "text": ("text", [side(0), side(1)]),
    "text without a last line end": ("text", [side(0)[:-1], side(1)]),
    "text with CRLF": ("text", [side(0).replace(b"\n", b"\r\n"), side(1)]),
    "text with a byte order mark": ("text", [b"\xef\xbb\xbf" + side(0), side(1)]),
    "tsv": ("tsv", ["".join(f"{a}\t{b}\n" for a, b in PAIRS).encode()]),
    "csv": (
        "csv",
        ["".join('"{}","{}"\n'.format(a.replace('"', '""'), b) for a, b in PAIRS).encode()],
    ),
    "jsonl": (
        "jsonl",
        ["".join(json.dumps({"source": a, "target": b}) + "\n" for a, b in PAIRS).encode()],
    ),
    "tmx": ("tmx", [tmx()]),
    "xliff 1.2": ("xliff", [xliff_1()]),
    "xliff 2.0": ("xliff", [xliff_2()]),
    "po": ("po", [po()]),
    "parquet": ("parquet", [parquet(table())]),
    "arrow file": ("arrow", [arrow(table())]),
    "arrow stream": ("arrow", [arrow(table(), pyarrow.ipc.new_stream)]),
}


@pytest.mark.parametrize("ending", COMPRESS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_plain_and_compressed(tmp_path, name, ending):
    kind, contents = FORMATS[name]
    packed = [COMPRESS[ending](content) for content in contents]
    assert sentences(make_source(tmp_path, kind, *packed, ending=ending)) == PAIRS


@pytest.mark.parametrize("name", FORMATS)
def test_a_limit(tmp_path, name):
    kind, contents = FORMATS[name]
    assert sentences(make_source(tmp_path, kind, *contents, limit=2)) == PAIRS[:2]


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_chunks_cover_every_line_once(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(lines, "CHUNK_LINES", 7)
    texts = [(f"English {'x' * (i % 5)} {i}", f"Deutsch ü {i}") for i in range(50)]
    contents = [COMPRESS[ending]("\n".join(side).encode()) for side in zip(*texts, strict=True)]
    source = make_source(tmp_path, "text", *contents, ending=ending)
    pieces = list(chunks(source))
    assert len(pieces) == (1 if ending else 8)
    found = [pair for chunk in reversed(pieces) for pair in read(chunk)]
    assert sorted((pair.line, pair.source, pair.target) for pair in found) == [
        (number, *pair) for number, pair in enumerate(texts, 1)
    ]


def test_row_groups_are_chunks(tmp_path):
    source = make_source(tmp_path, "parquet", parquet(table(), 1))
    assert len(list(chunks(source))) == 3
    assert sentences(source) == PAIRS
    assert [pair.line for pair in pairs(source)] == [1, 2, 3]


@pytest.mark.parametrize("kind", ["tsv", "csv"])
def test_columns_by_name(tmp_path, kind):
    tab = "\t" if kind == "tsv" else ","
    content = f"id{tab}de{tab}en\n7{tab}Hund{tab}dog\n".encode()
    source = make_source(tmp_path, kind, content, columns={"source": "en", "target": "de"})
    assert [(p.source, p.target, p.line) for p in pairs(source)] == [("dog", "Hund", 2)]


def test_columns_by_number(tmp_path):
    source = make_source(tmp_path, "tsv", b"7\tHund\tdog\n", columns={"source": 3, "target": 2})
    assert sentences(source) == [("dog", "Hund")]


def test_csv_values_may_span_lines(tmp_path):
    source = make_source(tmp_path, "csv", b'"two\nlines",zwei\nnext,weiter\n')
    assert [(p.source, p.line) for p in pairs(source)] == [("two\nlines", 2), ("next", 3)]


def test_json_keys_within_objects(tmp_path):
    content = b'{"id": 1, "translation": {"en": "dog", "de": "Hund"}}\n'
    keys = {"source": "translation.en", "target": "translation.de"}
    assert sentences(make_source(tmp_path, "jsonl", content, keys=keys)) == [("dog", "Hund")]


def test_tmx_segments_variants_and_markup(tmp_path):
    content = b"""<tmx version="1.4"><body>
      <tu><tuv xml:lang="en"><seg>one</seg><seg>more</seg></tuv>
          <tuv xml:lang="de-DE"><seg>eins</seg></tuv><tuv xml:lang="de-AT"><seg>ans</seg></tuv>
      </tu>
      <tu><tuv xml:lang="fr"><seg>non</seg></tuv><tuv xml:lang="de"><seg>nein</seg></tuv></tu>
      <tu><tuv lang="en"><seg>a <bpt i="1">&lt;b></bpt>bold<ept i="1">&lt;/b></ept> <hi>word</hi>
</seg></tuv><tuv lang="de"><seg>fett</seg></tuv></tu>
    </body></tmx>"""
    source = make_source(tmp_path, "tmx", content)
    found = [(p.source, p.target, p.line) for p in pairs(source) if not p.fault]
    assert found == [
        ("one more", "eins", 1),
        ("one more", "ans", 1),
        ("a bold word\n", "fett", 3),
    ]
    assert faults(source) == [(2, "no en variant")]


def test_xliff_inline_codes_and_missing_targets(tmp_path):
    content = b"""<xliff version="1.2"><file source-language="en" target-language="de"><body>
      <trans-unit><source>a <g id="1">big</g> <x id="2"/>dog</source>
        <target>ein <ph id="3">code</ph>Hund</target></trans-unit>
      <trans-unit><source>untranslated</source></trans-unit></body></file></xliff>"""
    source = make_source(tmp_path, "xliff", content)
    assert [(p.source, p.target, p.fault) for p in pairs(source)] == [
        ("a big dog", "ein Hund", ""),
        ("untranslated", "", "no target"),
    ]


def test_gettext_plurals_and_flags(tmp_path):
    content = (
        b'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        b'msgid "%d dog"\nmsgid_plural "%d dogs"\nmsgstr[0] "%d Hund"\nmsgstr[1] "%d Hunde"\n\n'
        b'#, fuzzy\nmsgid "cat"\nmsgstr "Kater?"\n\n#~ msgid "old"\n#~ msgstr "alt"\n'
    )
    source = make_source(tmp_path, "po", content)
    assert [(p.source, p.target, p.fault) for p in pairs(source)] == [
        ("%d dog", "%d Hund", ""),
        ("%d dogs", "%d Hunde", ""),
        ("cat", "Kater?", "fuzzy"),
        ("old", "alt", "obsolete"),
    ]


def test_a_hash_divides_and_stays_when_data_is_added(tmp_path):
    def splits(count: int) -> dict[str, str]:
        texts = [f"sentence number {i}" for i in range(count)]
        content = "".join(f"{text}\tx\n" for text in texts).encode()
        found = pairs(make_source(tmp_path, "tsv", content, split="all"))
        return {pair.source: pair.split for pair in found}

    few, many = splits(2000), splits(20_000)
    assert {text: many[text] for text in few} == few
    held_out = [split for split in many.values() if split != "train"]
    assert 300 < len(held_out) < 500
    assert {"validation", "test"} == set(held_out)


def test_the_hash_sees_the_normalised_source(tmp_path):
    content = b"Caf\xc3\xa9 au lait\tx\n" + "CAFE\u0301  au lait\ty\n".encode() + b"other\tz\n"
    first, second, _ = pairs(make_source(tmp_path, "tsv", content, split="all"))
    assert first.split == second.split
