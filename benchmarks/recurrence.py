"""Forward and backward of each cell against the same layer in stock Keras.

    python -m benchmarks.recurrence [--quick] [--threads N] [--masked]

At B 64, E = H 512 and T 16, 64, 256, in float32, in one process, taking turns. A run is the outputs
and the gradient with respect to the inputs and all weights. Peak memory is a process's own highest
resident size beyond what it held before its first run, one process for each contender.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import psutil
import tensorflow as tf

from benchmarks.measure import interleave
from models.recurrence import Recurrent

BATCH, UNITS = 64, 512
LENGTHS = (16, 64, 256)
STOCK = {"simple": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def contender(name: str, cell: str, length: int, masked: bool):
    """A function that runs forward and backward once; ``name`` is throughline or keras."""
    if name == "throughline":
        layer = Recurrent(UNITS, cell=cell)

        def outputs_of(x, mask):
            return layer(x, mask=mask)[0]

    else:
        layer = STOCK[cell](UNITS, return_sequences=True)

        def outputs_of(x, mask):
            return layer(x, mask=mask)

    generator = tf.random.Generator.from_seed(0)
    inputs = generator.normal([BATCH, length, UNITS])
    upstream = generator.normal([BATCH, length, UNITS])
    lengths = tf.linspace(length // 2, length, BATCH)
    mask = tf.sequence_mask(lengths, length) if masked else None
    layer.build(inputs.shape)

    @tf.function(
        input_signature=[tf.TensorSpec([None, None, UNITS]), tf.TensorSpec([None, None, UNITS])]
    )
    def gradients(inputs, upstream):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = outputs_of(inputs, mask)
        return tape.gradient(outputs, [inputs, *layer.trainable_variables], upstream)

    def run():
        return [gradient.numpy()[..., 0] for gradient in gradients(inputs, upstream)]

    return run


def print_peak_memory(name: str, cell: str, length: int, masked: bool) -> None:
    """Runs one contender in this process and prints the bytes it needed."""
    run = contender(name, cell, length, masked)
    before = psutil.Process().memory_info().rss
    for _ in range(3):
        run()
    print(peak_resident() - before)


def peak_resident() -> int:
    """The highest resident size of this process in bytes; ru_maxrss would hold its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024


def peak_memory(name: str, cell: str, length: int, arguments: argparse.Namespace) -> float:
    """Mebibytes that a process of its own needed for forward and backward."""
    command = [sys.executable, "-m", "benchmarks.recurrence", "--threads", str(arguments.threads)]
    command += ["--masked"] * arguments.masked + ["--memory", name, cell, str(length)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(answer.stdout.split()[-1]) / 2**20


def main() -> None:
    """Prints one line for each cell and length."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and no memory")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--masked", action="store_true", help="ragged lengths, T/2 to T")
    parser.add_argument("--cells", nargs="+", default=list(STOCK), choices=list(STOCK))
    parser.add_argument("--lengths", nargs="+", type=int, default=list(LENGTHS))
    parser.add_argument("--memory", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    if arguments.memory:
        name, cell, length = arguments.memory
        print_peak_memory(name, cell, int(length), arguments.masked)
        return
    print(
        f"forward + backward, B {BATCH}, E = H {UNITS}, float32, {arguments.threads} threads, "
        f"{'ragged' if arguments.masked else 'full'} lengths; ms are medians"
    )
    print("cell      T  throughline    keras  faster by       peak MiB: throughline  keras")
    for cell in arguments.cells:
        for length in arguments.lengths:
            rounds = max(7, (320 if arguments.quick else 1600) // length)
            both = [
                contender(name, cell, length, arguments.masked) for name in ("throughline", "keras")
            ]
            times = interleave(both, rounds)
            ratio, noise = times.ratio(0, 1)
            line = (
                f"{cell:6} {length:4} {times.median(0) * 1e3:12.1f} {times.median(1) * 1e3:8.1f}"
                f"  {ratio:5.2f} ± {noise:.2f}"
            )
            if not arguments.quick:
                memory = [
                    peak_memory(name, cell, length, arguments) for name in ("throughline", "keras")
                ]
                line += f" {memory[0]:21.0f} {memory[1]:6.0f}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
