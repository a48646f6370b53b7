"""Writing pairs in the formats that the readers read; None is written as no reader can use it."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

import pyarrow
import pyarrow.parquet

from corpora.sample.phrases import Phrase

Pairs = Iterable[Phrase | None]


def tsv(pairs: Pairs) -> bytes:
    """Tab-separated lines; one column alone for None."""
    return "".join("\t".join(pair or ("?",)) + "\n" for pair in pairs).encode()


def tsv_gz(pairs: Pairs) -> bytes:
    """The same, compressed."""
    return gzip.compress(tsv(pairs), mtime=0)


def csv_(pairs: Pairs) -> bytes:
    """Comma-separated values; one column alone for None."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(pair or ("?",) for pair in pairs)
    return text.getvalue().encode()


def jsonl(pairs: Pairs) -> bytes:
    """JSON Lines; an object cut off for None."""
    lines = (
        json.dumps({"source": pair.english, "target": pair.german}, ensure_ascii=False)
        if pair
        else '{"source": '
        for pair in pairs
    )
    return "".join(line + "\n" for line in lines).encode()


def tmx(pairs: Pairs) -> bytes:
    """A translation memory; a unit without variants for None."""
    variant = '<tuv xml:lang="{}"><seg>{}</seg></tuv>'
    units = (
        "".join(
            variant.format(language, escape(text))
            for language, text in zip(("en", "de"), pair or (), strict=False)
        )
        for pair in pairs
    )
    body = "\n".join(f"<tu>{unit}</tu>" for unit in units)
    head = (
        '<header srclang="en" segtype="sentence" adminlang="en" o-tmf="none" datatype="plaintext"'
        ' creationtool="throughline" creationtoolversion="1"/>'
    )
    return f'<?xml version="1.0"?>\n<tmx version="1.4">{head}<body>\n{body}\n</body></tmx>'.encode()


def xliff(pairs: Pairs) -> bytes:
    """XLIFF 1.2; a unit without a target for None."""
    units = (
        f"<source>{escape(pair.english)}</source><target>{escape(pair.german)}</target>"
        if pair
        else "<source>?</source>"
        for pair in pairs
    )
    body = "\n".join(
        f'<trans-unit id="{number}">{unit}</trans-unit>' for number, unit in enumerate(units, 1)
    )
    return (
        '<?xml version="1.0"?>\n<xliff version="1.2"><file source-language="en" '
        f'target-language="de" datatype="plaintext" original="sample"><body>\n{body}\n'
        "</body></file></xliff>"
    ).encode()


def parquet(pairs: Pairs) -> bytes:
    """Parquet with two columns; nulls for None."""
    columns = list(zip(*(pair or (None, None) for pair in pairs), strict=True))
    table = pyarrow.table(
        {
            name: pyarrow.array(column, "string")
            for name, column in zip(("source", "target"), columns, strict=True)
        }
    )
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[Pairs], bytes]] = {
    "tsv": tsv,
    "tsv.gz": tsv_gz,
    "csv": csv_,
    "jsonl": jsonl,
    "tmx": tmx,
    "xliff": xliff,
    "parquet": parquet,
}
