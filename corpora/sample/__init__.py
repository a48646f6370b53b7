"""The embedded sample corpus: a small synchronous grammar of English and German."""

from corpora.sample.writer import distinct, stream, write_sample

__all__ = ["distinct", "stream", "write_sample"]
