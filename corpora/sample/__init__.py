"""The embedded sample corpus: a small synchronous grammar of English and German."""

from corpora.sample.writer import distinct, planted_lines, stream, write_planted, write_sample

__all__ = ["distinct", "planted_lines", "stream", "write_planted", "write_sample"]
