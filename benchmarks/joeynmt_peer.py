"""JoeyNMT 2.3 as the peer of a comparison, in an environment of its own.

Kreutzer, Bastings, Riezler (2019), "Joey NMT: A Minimalist NMT Toolkit for Novices". Both sides
get the same ids, so the comparison is of the models' work alone.

    python = environment()
    report = train(python, batches, configuration(), threads=4)
    report = decode(python, batches, configuration(beam=5), threads=4)

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


def configuration(
    units: int = 512,
    embedding: int = 512,
    vocabulary: int = 8000,
    beam: int = 1,
    length_penalty: float = 0.0,
    minimum_length: int = 1,
    maximum_length: int = 100,
) -> dict:
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
        "testing": {
            "beam_size": beam,
            "beam_alpha": length_penalty,
            "min_output_length": minimum_length,
            "max_output_length": maximum_length,
        },
    }


def train(
    python: Path,
    batches: Sequence[Batch],
    config: Mapping,
    threads: int,
) -> dict[str, list]:
    """One training step on each batch: ``seconds``, target ``tokens`` and ``losses`` of each."""
    return _run(python, "train", batches, config, threads)


def decode(
    python: Path,
    batches: Sequence[Batch],
    config: Mapping,
    threads: int,
    weights: Mapping[str, np.ndarray] | None = None,
) -> dict[str, list]:
    """The best hypothesis for each source: ``seconds`` and ``hypotheses`` (ids) of each batch.

    ``weights`` are the model's parameters under JoeyNMT's names; without them they are random.
    """
    return _run(python, "decode", batches, config, threads, weights)


def _run(python, task, batches, config, threads, weights=None):
    with tempfile.TemporaryDirectory() as folder:
        job = {"task": task, "batches": batches, "config": config, "threads": threads}
        job["weights"] = None
        if weights:
            job["weights"] = f"{folder}/weights.npz"
            np.savez(job["weights"], **weights)
        path = Path(folder, "job.json")
        path.write_text(json.dumps(job))
        command = [python, WORKER, path]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise RuntimeError(f"JoeyNMT failed:\n{finished.stderr}")
    return json.loads(finished.stdout.splitlines()[-1])
