"""Whole runs of the pipeline, each in a process and a folder of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

CONFIG = """\
name: tiny
languages: {source: en, target: de}
corpora:
  list:
    - {name: grammar, format: sample, pairs: {train: 600, validation: 20, test: 20}}
subwords: {vocabulary: 300}
model: {units: 16, embedding: 16}
training:
  epochs: 2
  checkpoint_every: 5
  batch: {tokens: 400}
decoding: {strategy: greedy, maximum_length: 12}
lens: {every: 5}
evaluation: {floor: 0, margin: -100}
"""


class Workplace:
    """A folder with a configuration, where the command line is used as a user would."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "tiny.yaml").write_text(CONFIG)

    @property
    def runs(self) -> Path:
        return self.folder / "runs" / "tiny"

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """Start a command of the pipeline."""
        inherited = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(PROJECT), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, settings: str = "", expect: int = 0, **environment: str) -> str:
        """``make run`` on the tiny configuration; return what the console showed."""
        process = self.start("run", "--config", "tiny.yaml", "--set", settings, **environment)
        console, _ = process.communicate(timeout=400)
        assert process.returncode == expect, console + self.log_tail()
        return console

    def interrupted_run(self, number: signal.Signals, settings: str) -> tuple[int, str]:
        """Run, send a signal after the first validation, return exit code and console."""
        process = self.start("run", "--config", "tiny.yaml", "--set", settings)
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "epoch  1 ·" in line:
                process.send_signal(number)
        return process.wait(timeout=200), "".join(lines)

    def log_tail(self) -> str:
        log = self.runs / "log.txt"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory) -> Workplace:
    return Workplace(tmp_path_factory.mktemp("workplace"))
