"""JoeyNMT 2.3 as the peer of a comparison, in an environment of its own.

Kreutzer, Bastings, Riezler (2019), "Joey NMT: A Minimalist NMT Toolkit for Novices". Both sides
get the same ids, so the comparison is of the models' work alone.

    with JoeyNMT(configuration(), threads=4) as peer:
        report = peer.train(batches)
        report = peer.decode(batches, beam=5)

A batch is a pair of lists: the source ids of its sentences and the target ids, each sentence
ending with END and without padding.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

Batch = tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]

FOLDER = Path(__file__).parents[1] / ".cache" / "joeynmt"
WORKER = Path(__file__).with_name("joeynmt_worker.py")
# The last three are what JoeyNMT needs beyond its own requirements. Where pip finds no CPU build of
# torch, it downloads several GB: set PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL to one.
REQUIREMENTS = (
    "torch==2.13.0",
    "joeynmt==2.3.*",
    "sentencepiece<0.2.1",
    "importlib_metadata",
    "setuptools",
)


def environment(folder: Path = FOLDER) -> Path:
    """The Python of JoeyNMT's environment, made in ``folder`` by pip if it is not there.

    Raises:
        FileNotFoundError: no Python 3.11 is on PATH or among pyenv's versions.
        subprocess.CalledProcessError: pip could not install.
    """
    python = folder / "bin" / "python"
    finished = folder / "installed"
    if not finished.exists():
        subprocess.run([_python311(), "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        finished.touch()
    return python


def _python311() -> Path:
    found = sorted(Path.home().glob(".pyenv/versions/3.11.*/bin/python"))
    on_path = shutil.which("python3.11")
    for python in [*found, *([on_path] if on_path else [])]:
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    raise FileNotFoundError("JoeyNMT needs Python 3.11: none is on PATH or in ~/.pyenv/versions")


def configuration(units: int = 512, embedding: int = 512, vocabulary: int = 8000) -> dict:
    """JoeyNMT's configuration of a biGRU encoder and a GRU decoder with additive attention and
    input feeding, ``units`` in each direction, float32, Adam."""
    embeddings = {"embedding_dim": embedding}
    return {
        "name": "peer",
        "use_cuda": False,
        "data": {"vocabulary": vocabulary},
        "model": {
            "encoder": {
                "type": "recurrent",
                "rnn_type": "gru",
                "bidirectional": True,
                "hidden_size": units,
                "num_layers": 1,
                "embeddings": embeddings,
            },
            "decoder": {
                "type": "recurrent",
                "rnn_type": "gru",
                "hidden_size": units,
                "num_layers": 1,
                "embeddings": embeddings,
                "attention": "bahdanau",
                "input_feeding": True,
                "init_hidden": "bridge",
            },
        },
        "training": {
            "batch_size": 64,
            "optimizer": "adam",
            "learning_rate": 0.001,
            "scheduling": "exponential",  # the default one refuses recent torch; no step is taken
            "clip_grad_norm": 1.0,
            "normalization": "tokens",
        },
        "testing": {},
    }


class JoeyNMT:
    """A JoeyNMT model in a process of its own, from entering to leaving the context.

    Args:
        config: of ``configuration``.
        threads: how many torch may use.
        weights: the model's parameters under JoeyNMT's names; without them they are random.
        python: of ``environment``.

    Raises:
        RuntimeError: JoeyNMT failed; the message is what it wrote.
    """

    def __init__(
        self,
        config: Mapping,
        threads: int,
        weights: Mapping[str, np.ndarray] | None = None,
        python: Path | None = None,
    ):
        self._config, self._threads, self._weights = config, threads, weights
        self._python = python or environment()

    def __enter__(self) -> "JoeyNMT":
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        setup = {"config": self._config, "threads": self._threads, "weights": None}
        if self._weights:
            setup["weights"] = str(folder / "weights.npz")
            np.savez(setup["weights"], **self._weights)
        (folder / "setup.json").write_text(json.dumps(setup))
        self._complaints = (folder / "stderr").open("w+")
        self._process = subprocess.Popen(
            [self._python, WORKER, folder / "setup.json"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        return self

    def __exit__(self, *_) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._complaints.close()
        self._folder.cleanup()

    def train(self, batches: Sequence[Batch]) -> dict[str, list]:
        """One training step on each batch: ``seconds``, target ``tokens``, ``losses`` of each."""
        return self._ask("train", batches=batches)

    def decode(
        self,
        batches: Sequence[Batch],
        beam: int = 1,
        length_penalty: float = 0.0,
        maximum_length: int = 100,
    ) -> dict[str, list]:
        """The best hypothesis for each source: ``seconds`` and ``hypotheses`` of each batch.

        Hypotheses are ids without END. A beam of 1 is JoeyNMT's greedy search.
        """
        return self._ask(
            "decode",
            batches=batches,
            beam_size=beam,
            beam_alpha=length_penalty,
            max_output_length=maximum_length,
        )

    def _ask(self, task: str, **arguments) -> dict:
        self._process.stdin.write(json.dumps([task, arguments]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            self._process.wait()
            self._complaints.seek(0)
            raise RuntimeError(f"JoeyNMT failed:\n{self._complaints.read()}")
        return json.loads(answer)


def train(python: Path, batches: Sequence[Batch], config: Mapping, threads: int) -> dict[str, list]:
    """``JoeyNMT.train`` in a process for this once."""
    with JoeyNMT(config, threads, python=python) as peer:
        return peer.train(batches)
