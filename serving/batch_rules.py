"""How requests are gathered into batches: TF Serving's BatchingParameters, checked."""

import os
from bisect import bisect_left
from pathlib import Path
from typing import NamedTuple

from foundation.errors import UserError
from serving.text_protos import BatchingParameters, read_text_proto


class BatchRules(NamedTuple):
    """The parameters, with TF Serving's defaults."""

    max_batch_size: int = 1000
    timeout_seconds: float = 0.0
    max_enqueued_batches: int = 10
    threads: int = os.cpu_count() or 1
    allowed_batch_sizes: tuple[int, ...] = ()
    pad_variable_length_inputs: bool = False
    split_large_batches: bool = False

    def padded_size(self, rows: int) -> int:
        """The smallest allowed batch size that holds the rows; the rows where none is given."""
        if not self.allowed_batch_sizes:
            return rows
        return self.allowed_batch_sizes[bisect_left(self.allowed_batch_sizes, rows)]


def read_batch_rules(path: Path | None) -> BatchRules:
    """The rules in a BatchingParameters text proto; the defaults without one.

    Raises:
        UserError: for a file that does not parse, or numbers that cannot work together.
    """
    rules = BatchRules()
    if path is None:
        return rules
    given = read_text_proto("--batching_parameters_file", path, BatchingParameters())
    scalars = {
        "max_batch_size": ("max_batch_size", 1),
        "batch_timeout_micros": ("timeout_seconds", 1e-6),
        "max_enqueued_batches": ("max_enqueued_batches", 1),
        "num_batch_threads": ("threads", 1),
        "enable_large_batch_splitting": ("split_large_batches", 1),
    }
    for field, (name, unit) in scalars.items():
        if given.HasField(field):
            rules = rules._replace(**{name: getattr(given, field).value * unit})
    rules = rules._replace(
        allowed_batch_sizes=tuple(given.allowed_batch_sizes),
        pad_variable_length_inputs=given.pad_variable_length_inputs,
    )
    _check(path, rules)
    return rules


def _check(path: Path, rules: BatchRules) -> None:
    for name in ("max_batch_size", "max_enqueued_batches", "threads"):
        if getattr(rules, name) < 1:
            raise UserError(f"{path}: {name} is {getattr(rules, name)}: give 1 or more.")
    if rules.timeout_seconds < 0:
        raise UserError(f"{path}: batch_timeout_micros is below 0: give 0 or more.")
    sizes = rules.allowed_batch_sizes
    if list(sizes) != sorted(set(sizes)) or any(size < 1 for size in sizes):
        raise UserError(f"{path}: allowed_batch_sizes must increase from one entry to the next.")
    if sizes and sizes[-1] != rules.max_batch_size:
        raise UserError(
            f"{path}: Last entry in allowed_batch_sizes must match max_batch_size;"
            f" last entry was {sizes[-1]}; expected {rules.max_batch_size}."
        )
