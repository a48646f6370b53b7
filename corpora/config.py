"""What the user writes under ``corpora:``: which files, in which format, split how."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from foundation.languages import Languages
from foundation.settings import Settings

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
FilesKey = Literal["train", "validation", "test", "all"]


def _https(url: str) -> str:
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("use an https:// address")
    return url


class Remote(Settings):
    """A file on the web, which is downloaded once and whose sum is checked at every use."""

    url: Annotated[str, AfterValidator(_https)]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="64 lower-case hexadecimal digits")

    @property
    def name(self) -> str:
        """The last part of the address: the file's name in the cache and in ``folder``."""
        return self.url.rpartition("/")[2]


File = str | Remote
Files = File | tuple[File, ...]


class Sides(Settings):
    """Line-aligned files: line n of the source is translated by line n of the target."""

    source: Files
    target: Files


class Member(Settings):
    """What every corpus has, whatever its format.

    limit: at most this many pairs are read for each key of ``files``.
    weight: how often a training pair is used: 0.5 takes every second one, 2 takes each twice.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    weight: float = Field(1.0, gt=0, le=100)
    limit: int | None = Field(None, ge=1)
    languages: Languages | None = None


class TextCorpus(Member):
    """Two line-aligned files (Moses format), plain or .gz, .bz2, .xz, .zst."""

    format: Literal["text"]
    files: dict[FilesKey, Sides] = Field(min_length=1)


class NamedColumns(Settings):
    """The columns of both sides by name."""

    source: str
    target: str


class NumberedColumns(Settings):
    """The columns of both sides by number, counted from 1, in a table without a header."""

    source: int = Field(ge=1)
    target: int = Field(ge=1)


class TsvCorpus(Member):
    """Tab-separated lines; with columns by name the first line is the header."""

    format: Literal["tsv"]
    files: dict[FilesKey, Files] = Field(min_length=1)
    columns: NamedColumns | NumberedColumns = NumberedColumns(source=1, target=2)


class CsvCorpus(Member):
    """Comma-separated values with quotation marks, as RFC 4180; columns as in tsv."""

    format: Literal["csv"]
    files: dict[FilesKey, Files] = Field(min_length=1)
    columns: NamedColumns | NumberedColumns = NumberedColumns(source=1, target=2)


class JsonLinesCorpus(Member):
    """One JSON object a line; ``translation.en`` is the key en within the key translation."""

    format: Literal["jsonl"]
    files: dict[FilesKey, Files] = Field(min_length=1)
    keys: NamedColumns = NamedColumns(source="source", target="target")


class ColumnarCorpus(Member):
    """Parquet or Arrow (file or stream) with one text column for each side."""

    format: Literal["parquet", "arrow"]
    files: dict[FilesKey, Files] = Field(min_length=1)
    columns: NamedColumns = NamedColumns(source="source", target="target")


class DocumentCorpus(Member):
    """Files that name their languages or messages themselves: TMX, XLIFF 1.2/2.0, gettext."""

    format: Literal["tmx", "xliff", "po"]
    files: dict[FilesKey, Files] = Field(min_length=1)


class SampleCorpus(Member):
    """The embedded sample: English and German sentences written by a small grammar.

    write_as: the format of its files, which are read like anybody's.
    fault_every: behind so many training pairs a faulty one is planted, of each kind in turn; not
        in text, where some faults cannot be written.
    """

    format: Literal["sample"]
    seed: int = 2026
    write_as: Literal["text", "tsv", "tsv.gz", "csv", "jsonl", "tmx", "xliff", "parquet"] = "text"
    fault_every: int | None = Field(None, ge=2)
    pairs: dict[Split, Annotated[int, Field(ge=1, le=200_000)]] = Field(
        default={"train": 24_000, "validation": 500, "test": 500}, min_length=1
    )

    @model_validator(mode="after")
    def _faults_can_be_written(self) -> "SampleCorpus":
        if self.fault_every and (
            self.write_as == "text" or not {"train", "test"} <= set(self.pairs)
        ):
            raise ValueError("fault_every needs pairs of train and test, and write_as not text")
        return self


Corpus = Annotated[
    TextCorpus
    | TsvCorpus
    | CsvCorpus
    | JsonLinesCorpus
    | ColumnarCorpus
    | DocumentCorpus
    | SampleCorpus,
    Field(discriminator="format"),
]

Share = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]


class HashedSplits(Settings):
    """How files under ``all`` are divided: by a hash of the source sentence.

    A pair stays in its split whatever data is added later, and all pairs with the same source
    sentence are in the same split. Train takes what the others leave.

    validation, test: both shares, or both numbers of pairs: those with the smallest hashes, so
        that data added later can displace a few of them.
    """

    validation: Share | Count = 0.01
    test: Share | Count = 0.01

    @property
    def held_out(self) -> int:
        """How many pairs validation and test take together; 0 when they are shares."""
        return int(self.validation + self.test)

    @model_validator(mode="after")
    def _leaves_something(self) -> "HashedSplits":
        if (self.validation >= 1) != (self.test >= 1):
            raise ValueError("give both validation and test as shares, or both as numbers")
        if self.validation < 1 <= self.validation + self.test:
            raise ValueError("validation and test leave nothing for train")
        return self


class CorporaConfig(Settings):
    """Which corpora, from where, split how.

    folder: where file names without a leading ``/`` are looked for; the environment's CORPUS_DIR
        takes its place.
    """

    folder: str = "."
    splits: HashedSplits = HashedSplits()
    list: tuple[Corpus, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> "CorporaConfig":
        names = [corpus.name for corpus in self.list]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two corpora are named {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _every_split_is_fed(self) -> "CorporaConfig":
        fed = {key for corpus in self.list for key in _keys(corpus)}
        missing = [split for split in SPLITS if split not in fed]
        if "all" not in fed and missing:
            raise ValueError(
                f"no corpus has files for {', '.join(missing)}; name them under files, "
                "or put files under 'all', which is divided by a hash"
            )
        return self


def _keys(corpus: Member) -> tuple[str, ...]:
    return tuple(corpus.pairs if isinstance(corpus, SampleCorpus) else corpus.files)
