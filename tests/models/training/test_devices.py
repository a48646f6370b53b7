"""Two devices, and two processes, train what one device trains on the same batches."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from foundation.errors import UserError
from models.training import TrainingConfig
from models.training.devices import building
from tests.models.training.tiny import TinyTranslator, write_examples

PROJECT = Path(__file__).resolve().parents[3]


def start(folder, kind, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.models.training.distributed_training", str(folder), kind],
        cwd=PROJECT,
        env={
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The weights that one device, two devices and two workers end with."""
    folder = tmp_path_factory.mktemp("devices")
    write_examples(folder / "train", pairs=60, shards=2, seed=1)
    write_examples(folder / "validation", pairs=12, shards=1, seed=2)
    workers = [f"127.0.0.1:{port}" for port in free_ports(2)]
    processes = {"one": start(folder, "one"), "mirrored": start(folder, "mirrored")}
    for index in range(2):
        task = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
        processes[f"worker-{index}"] = start(folder, "worker", TF_CONFIG=json.dumps(task))
    replicas = {}
    try:
        for name, process in processes.items():
            output, _ = process.communicate(timeout=200)
            assert process.returncode == 0, f"{name}: {output[-3000:]}"
            replicas[name] = int(output.split(f"{name.split('-')[0]} ")[1].split()[0])
    finally:
        for process in processes.values():
            process.kill()
    assert replicas == {"one": 1, "mirrored": 2, "worker-0": 2, "worker-1": 2}
    return folder


@pytest.mark.parametrize("kind", ["mirrored", "worker-0", "worker-1"])
def test_the_result_is_that_of_one_device(folder, kind):
    expected, found = np.load(folder / "one.npz"), np.load(folder / f"{kind}.npz")
    assert expected["step"] > 5
    for name in expected.files:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-5, err_msg=name)


def test_only_the_chief_writes_and_both_read(folder):
    assert any((folder / "worker").glob("best-*.npz"))
    assert not any((folder / "worker").glob("*.part"))


def test_half_precision_keeps_whole_variables():
    with building(TrainingConfig(precision="bfloat16")):
        layer = keras.layers.Dense(3)
    layer.build([None, 2])
    assert layer.compute_dtype == "bfloat16" and layer.kernel.dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_equal_seeds_build_equal_translators():
    built = []
    for _ in range(2):
        with building(TrainingConfig(seed=5)):
            built.append(TinyTranslator())
    for one, other in zip(*(translator.variables for translator in built), strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_xla_on_several_devices_is_refused(monkeypatch):
    class Two:
        num_replicas_in_sync = 2

    monkeypatch.setattr(tf.distribute, "get_strategy", Two)
    config = TrainingConfig.model_validate({"xla": True, "batch": {"sentences": 2}})
    with pytest.raises(UserError, match="goes with one device, and there are 2"), building(config):
        pytest.fail("built")


def test_workers_after_other_work_are_refused(monkeypatch):
    tf.zeros([]) + 1
    workers = {"worker": ["127.0.0.1:1", "127.0.0.1:2"]}
    task = {"cluster": workers, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(task))
    with (
        pytest.raises(UserError, match=r"configured at program startup\. Train from a program"),
        building(TrainingConfig()),
    ):
        pytest.fail("built")
