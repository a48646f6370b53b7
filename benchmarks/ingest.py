"""The data side at growing sizes: pairs/s, peak memory, and how both grow, per component.

    python -m benchmarks.ingest            # 10^5 and 10^6 pairs
    python -m benchmarks.ingest --quick    # 10^4 and 10^5
    python -m benchmarks.ingest --pairs 1000000 10000000 --workers 4

The sample grammar writes line-aligned files of that many pairs, which may repeat; each size runs
through the components in a process of its own, whose memory is sampled together with that of its
workers. There is no peer: the tools of this field read files without cleaning them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import psutil

from corpora.sample import stream

PART = 250_000


class Span(NamedTuple):
    """When a component ran, in seconds since the epoch."""

    component: str
    begin: float
    end: float


def write_part(folder: Path, number: int, size: int) -> tuple[Path, Path]:
    """Writes one part of a corpus; the parts differ by their seed."""
    paths = (folder / f"{number}.en", folder / f"{number}.de")
    with paths[0].open("w") as source, paths[1].open("w") as target:
        for pair in islice(stream(number + 1), size):
            source.write(pair.english + "\n")
            target.write(pair.german + "\n")
    return paths


def write_corpus(folder: Path, size: int, workers: int) -> None:
    """Writes all.en and all.de, one large file a side."""
    counts = [min(PART, size - start) for start in range(0, size, PART)]
    with (
        ProcessPoolExecutor(workers) as pool,
        (folder / "all.en").open("wb") as source,
        (folder / "all.de").open("wb") as target,
    ):
        for paths in pool.map(write_part, [folder] * len(counts), range(len(counts)), counts):
            for path, whole in zip(paths, (source, target), strict=True):
                whole.write(path.read_bytes())
                path.unlink()


def run_components(folder: Path, workers: int) -> list[Span]:
    """Runs the data side in this process, from files to tokenised examples."""
    from tfx import v1 as tfx
    from tfx.orchestration import metadata

    from components.corpus_cleaner import CorpusCleaner
    from components.example_gen import CorpusExampleGen
    from components.pair_statistics import PairStatistics
    from components.subword_trainer import SubwordTrainer
    from components.subwords import SubwordSettings
    from components.transform import PAIR_SCHEMA, SubwordTransform
    from corpora.config import CorporaConfig, TextCorpus
    from corpora.rules.config import CleaningConfig
    from foundation.languages import Languages

    text = {"source": "all.en", "target": "all.de"}
    corpus = TextCorpus.model_validate_json(
        json.dumps({"name": "large", "format": "text", "files": {"all": text}})
    )
    settings = CorporaConfig(folder=str(folder), list=(corpus,)).model_dump_json()
    languages = Languages(source="en", target="de").model_dump_json()
    raw = CorpusExampleGen(
        settings=settings, languages=languages, cache=str(folder), folder="", digest="", code=""
    )
    cleaner = CorpusCleaner(
        examples=raw.outputs["examples"],
        settings=CleaningConfig().model_dump_json(),
        corpora=settings,
        languages=languages,
        code="",
    )
    cleaned = cleaner.outputs["cleaned"]
    subwords = SubwordTrainer(
        examples=cleaned,
        settings=SubwordSettings(vocabulary=2000, sample=100_000).model_dump_json(),
        code="",
    )
    statistics = PairStatistics(examples=cleaned, subwords=subwords.outputs["subwords"], code="")
    schema = tfx.components.ImportSchemaGen(schema_file=str(PAIR_SCHEMA))
    transform = SubwordTransform(
        examples=cleaned,
        schema=schema.outputs["schema"],
        subwords=subwords.outputs["subwords"],
        code="",
    )
    mode = "in_memory" if workers == 1 else "multi_processing"
    connection = metadata.sqlite_metadata_connection_config(str(folder / "metadata.sqlite"))
    tfx.orchestration.LocalDagRunner().run(
        tfx.dsl.Pipeline(
            pipeline_name="ingest",
            pipeline_root=str(folder / "root"),
            components=[raw, cleaner, subwords, statistics, schema, transform],
            metadata_connection_config=connection,
            beam_pipeline_args=[
                f"--direct_running_mode={mode}",
                f"--direct_num_workers={workers}",
            ],
        )
    )
    with metadata.Metadata(connection) as store:
        types = {kind.id: kind.name for kind in store.store.get_execution_types()}
        return [
            Span(
                types[execution.type_id].rpartition(".")[2],
                execution.create_time_since_epoch / 1000,
                execution.last_update_time_since_epoch / 1000,
            )
            for execution in store.store.get_executions()
            # Copies a small file, whatever the number of pairs.
            if types[execution.type_id].rpartition(".")[2] != "ImportSchemaGen"
        ]


class Memory:
    """Samples the memory of a process and its children: (when, bytes)."""

    def __init__(self, process: psutil.Process):
        self._process = process
        self.samples: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while self._process.is_running():
            try:
                family = [self._process, *self._process.children(recursive=True)]
                size = sum(_private_bytes(member) for member in family)
            except psutil.NoSuchProcess:
                return
            self.samples.append((time.time(), size))
            time.sleep(0.1)

    def peak(self, span: Span) -> int:
        """The largest sample of a span."""
        inside = [size for when, size in self.samples if span.begin <= when <= span.end]
        return max(inside, default=0)


def _private_bytes(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def measure(size: int, workers: int) -> dict[str, tuple[float, int]]:
    """Seconds and peak bytes of every component at one size."""
    runs = Path("runs")
    runs.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=runs, prefix="ingest-") as name:
        folder = Path(name)
        begin = time.perf_counter()
        write_corpus(folder, size, workers)
        megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        seconds = time.perf_counter() - begin
        print(f"{size:,} pairs, {megabytes:,.0f} MB, written in {seconds:.0f} s", flush=True)
        command = [sys.executable, "-m", "benchmarks.ingest", "--run", name]
        with (folder / "log.txt").open("w") as log:
            child = psutil.Popen(
                [*command, "--workers", str(workers)], stdout=subprocess.PIPE, stderr=log
            )
            memory = Memory(child)
            output, _ = child.communicate()
        if child.returncode:
            raise SystemExit((folder / "log.txt").read_text()[-3000:])
        spans = [Span(*row) for row in json.loads(output.splitlines()[-1])]
    return {span.component: (span.end - span.begin, memory.peak(span)) for span in spans}


def report(results: dict[int, dict[str, tuple[float, int]]]) -> None:
    """A line per component: speed and memory at each size, and the growth between them."""
    sizes = sorted(results)
    small, large = sizes[0], sizes[-1]
    for component in results[small]:
        cells = []
        for size in sizes:
            seconds, peak = results[size][component]
            cells.append(f"{seconds:7.1f} s {size / seconds:>10,.0f}/s {peak / 2**20:>7,.0f} MB")
        growth = results[large][component][0] / results[small][component][0]
        memory = results[large][component][1] / max(results[small][component][1], 1)
        print(
            f"{component:<18}" + " | ".join(cells) + f" | {large // small}x data: "
            f"{growth:.1f}x time, {memory:.2f}x memory"
        )


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run_components(options.run, options.workers)))
        return
    sizes = [10_000, 100_000] if options.quick else options.pairs
    report({size: measure(size, options.workers) for size in sizes})


if __name__ == "__main__":
    main()
