"""Peak memory and time of backpropagation through time against the length of the target.

    python -m benchmarks.bptt_memory [--quick]

A recurrent reader (GRU 256, batch 16) predicts the next of 64 ids over T steps, in three ways:
full, the state of every step kept; window, truncated to 64 steps (models/training/bptt.py);
recompute, exact, with each stretch of about √T steps run again in the backward pass. Each
measurement is a process of its own. Memory is the most that TensorFlow's allocator had given out
to tensors at any one time of a step, above what it had given out before the step, so that the model
itself does not count; time is the median of three steps. The ratios that follow compare each way
with itself at T = 256, and recompute with full at the same T.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

LENGTHS = (256, 512, 1024, 2048, 4096)
WAYS = ("full", "window", "recompute")
BATCH, UNITS, IDS, WINDOW = 16, 256, 64, 64
REPEATS = 3
DEVICE = "CPU:0"
# Long enough for everything that a step does to be done once.
WARM_UP = 3 * WINDOW


def measure(way: str, length: int) -> dict[str, float]:
    """Megabytes and seconds of a step, in this process."""
    import numpy as np
    import tensorflow as tf

    from benchmarks.reader import Reader
    from models.training import bptt
    from models.training.objectives.cross_entropy import CrossEntropy

    reader = Reader(IDS, UNITS, recompute=way == "recompute")
    cross_entropy = CrossEntropy(reader)
    variables = reader.trainable_variables
    gradients = (
        bptt.windowed(reader, cross_entropy, WINDOW, variables)
        if way == "window"
        else bptt.full(cross_entropy, variables)
    )
    ids = tf.TensorSpec([BATCH, None], tf.int64)
    step = tf.function(gradients, input_signature=[ids, ids, tf.TensorSpec([], tf.int32)])

    def run(steps: int) -> float:
        random = np.random.default_rng(1)
        target = tf.constant(random.integers(4, IDS, (BATCH, steps)), tf.int64)
        began = time.perf_counter()
        found, _ = step(target[:, :1], target, tf.constant(0))
        found[0].numpy()
        return time.perf_counter() - began

    run(WARM_UP)
    tf.config.experimental.reset_memory_stats(DEVICE)
    held = tf.config.experimental.get_memory_info(DEVICE)["current"]
    seconds = [run(length) for _ in range(REPEATS)]
    peak = tf.config.experimental.get_memory_info(DEVICE)["peak"]
    return {"megabytes": (peak - held) / 1e6, "seconds": statistics.median(seconds)}


def in_own_process(way: str, length: int) -> dict[str, float]:
    """The measurement of a fresh process."""
    command = [sys.executable, "-m", "benchmarks.bptt_memory", "--one", way, str(length)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="up to T = 1024 only")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "T"), help="measure in this process")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one[0], int(arguments.one[1]))))
        return
    lengths = LENGTHS[:3] if arguments.quick else LENGTHS
    print(f"{'T':>6}" + "".join(f"{way + ' MB':>14}{'s':>8}" for way in WAYS), flush=True)
    found = {}
    for length in lengths:
        for way in WAYS:
            found[way, length] = in_own_process(way, length)
        row = (found[way, length] for way in WAYS)
        cells = (f"{one['megabytes']:>14.1f}{one['seconds']:>8.2f}" for one in row)
        print(f"{length:>6}" + "".join(cells), flush=True)
    first, last = lengths[0], lengths[-1]
    for way in WAYS:
        ratio = found[way, last]["megabytes"] / found[way, first]["megabytes"]
        print(f"memory of {way} at {last} against {first}: {ratio:.2f}x")
    for kind in ("megabytes", "seconds"):
        ratio = found["recompute", last][kind] / found["full", last][kind]
        print(f"{kind} of recompute against full at {last}: {ratio:.2f}x")


if __name__ == "__main__":
    main()
