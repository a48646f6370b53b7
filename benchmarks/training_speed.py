"""Whole training steps: target tokens per second against stock Keras layers and JoeyNMT.

    python -m benchmarks.training_speed --corpus FOLDER [--quick] [--threads N] [--no-joeynmt]

All sides take the same batches of 64 pairs in the corpus's order, with the same ids, in float32 and
with Adam: an encoder of GRU 512 in both directions, a decoder of GRU 512, additive attention,
embeddings of 512, and a vocabulary of 8000. Stock Keras has no input feeding, JoeyNMT always has
it, so there are two pairs of peers. A step is forward, backward, clipping and update, with nothing
waiting for data.

The last lines set the time of the step's matrix products alone, in the same sizes, against the
step: the share of the machine's limit that is reached.
"""

import argparse
import os
import statistics
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from benchmarks import joeynmt_peer
from benchmarks.measure import interleave
from benchmarks.multi30k import VOCABULARY, add_corpus_argument, batches_of, tokenised_pairs
from benchmarks.stock_keras import StockTranslator
from foundation.vocabulary import PAD
from models.config import DecoderConfig, ModelConfig, TranslatorSpec
from models.training.config import TrainingConfig
from models.training.objectives.build import build_objective
from models.training.optimisers import build_optimiser
from models.training.updates import Updater
from models.translator import build_translator

UNITS, BATCH = 512, 64
Batch = tuple[tf.Tensor, tf.Tensor]
Step = Callable[[tf.Tensor, tf.Tensor], object]


def throughline_step(input_feeding: bool) -> Step:
    """The project's own update."""
    model = ModelConfig(
        units=UNITS, embedding=UNITS, decoder=DecoderConfig(input_feeding=input_feeding)
    )
    translator = build_translator(
        TranslatorSpec(source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY, model=model)
    )
    config = TrainingConfig()
    optimiser = build_optimiser(config.optimiser, translator.trainable_variables)
    objective = build_objective(translator, config, detokenise=None)
    updater = Updater(translator, optimiser, objective, config)
    first = tf.constant(0)

    def update(source_ids, target_ids):
        updater.update([updater.part(source_ids, target_ids, first)])

    return _finished(update, translator)


def keras_step() -> Step:
    """The same model from Keras's layers, in a plain tape loop."""
    model = StockTranslator(UNITS, VOCABULARY)
    optimiser = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
    ids = tf.TensorSpec([None, None], tf.int64)

    @tf.function(input_signature=[ids, ids])
    def update(source_ids, target_ids):
        with tf.GradientTape() as tape:
            loss = model.loss_of(source_ids, target_ids)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimiser.apply(gradients, model.trainable_variables)

    model.loss_of(*2 * [tf.ones([1, 2], tf.int64)])
    optimiser.build(model.trainable_variables)
    return _finished(update, model)


def _finished(update: Step, model: keras.Model) -> Step:
    """The update, with a wait for its last effect on the weights."""

    def step(source_ids, target_ids):
        update(source_ids, target_ids)
        return model.trainable_variables[0].numpy()[0, 0]

    return step


def products(batch: Batch) -> tuple[Callable[[], object], float]:
    """The matrix products that a step without input feeding cannot avoid, and their FLOPs.

    The recurrent products stand in a loop, one waiting for the other; all others are taken for all
    positions of the batch at once, those with the vocabulary for the real target tokens.
    """
    rows, source, target = BATCH, batch[0].shape[1], batch[1].shape[1]
    real = int(tf.math.count_nonzero(batch[1] != PAD))
    in_s, in_t = rows * source, rows * target
    h, e = UNITS, UNITS
    # Forward products (m, k, n); each has two of the same FLOPs in the backward pass.
    forward = [
        *2 * [(in_s, e, 3 * h)],  # the encoder's input kernels
        (in_t, e, 3 * h),  # the decoder's input kernel
        (rows, 2 * h, h),  # the bridge
        (in_s, 2 * h, h),  # attention's keys
        (in_t, h, h),  # attention's queries
        (in_t, 3 * h, h),  # the attentional vector
        (real, h, VOCABULARY),  # the logits
    ]
    lengths = [source, source, target]
    normal = tf.random.normal
    operands = [(normal([m, k]), normal([k, n]), normal([m, n])) for m, k, n in forward]
    kernel, hidden = normal([h, 3 * h]), normal([rows, h])
    stretches = [(normal([rows * t, h]), normal([rows * t, 3 * h])) for t in lengths]

    @tf.function
    def run():
        results = []
        for x, w, d in operands:
            results += [
                tf.matmul(x, w),
                tf.matmul(d, w, transpose_b=True),
                tf.matmul(x, d, transpose_a=True),
            ]
        back = tf.transpose(kernel)
        for length, (x, d) in zip(lengths, stretches, strict=True):
            _, last = tf.while_loop(
                lambda t, _, length=length: t < length,
                lambda t, x: (t + 1, tf.matmul(tf.matmul(x, kernel), back)),
                (0, hidden),
            )
            results += [last, tf.matmul(x, d, transpose_a=True)]
        return [result[0, 0] for result in results]

    flops = sum(6 * m * k * n for m, k, n in forward)
    flops += sum(6 * rows * length * h * 3 * h for length in lengths)
    return lambda: [float(x) for x in run()], flops


def tokens_of(batches: list[Batch]) -> int:
    """Target tokens without padding."""
    return sum(int(tf.math.count_nonzero(target != PAD)) for _, target in batches)


def padded(rows: list[list[int]]) -> tf.Tensor:
    """[B, T] int64."""
    width = max(map(len, rows))
    return tf.constant([row + [PAD] * (width - len(row)) for row in rows], tf.int64)


def epoch(step: Step, batches: list[Batch]) -> Callable[[], None]:
    """A run over all batches."""

    def run():
        for batch in batches:
            step(*batch)

    return run


def joeynmt_seconds(batches: list[tuple[list, list]], threads: int, warm_up: int) -> list[float]:
    """JoeyNMT's seconds for each batch after the first ones."""
    report = joeynmt_peer.train(
        joeynmt_peer.environment(), batches, joeynmt_peer.configuration(), threads
    )
    return report["seconds"][warm_up:]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_corpus_argument(parser)
    parser.add_argument("--quick", action="store_true", help="fewer batches and rounds")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--no-joeynmt", action="store_true", help="leave JoeyNMT out")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)

    count, rounds = (4, 3) if arguments.quick else (10, 5)
    lists = batches_of(tokenised_pairs(arguments.corpus), BATCH, count)
    batches = [(padded(sources), padded(targets)) for sources, targets in lists]
    tokens = tokens_of(batches)
    print(
        f"{count} batches of {BATCH} pairs, {tokens} target tokens in "
        f"{sum(int(tf.size(target)) for _, target in batches)} positions, "
        f"{arguments.threads} threads"
    )
    steps = [throughline_step(False), keras_step(), throughline_step(True)]
    times = interleave([epoch(step, batches) for step in steps], rounds, warm_up=1)
    names = ("throughline", "stock Keras", "throughline, input feeding")
    for index, name in enumerate(names):
        print(f"{name:28} {tokens / times.median(index):8.0f} target tokens/s")
    ratio, noise = times.ratio(0, 1)
    print(f"throughline / stock Keras: {ratio:.2f} ± {noise:.2f}", flush=True)

    if not arguments.no_joeynmt:
        seconds = joeynmt_seconds([*lists[:2], *lists], arguments.threads, warm_up=2)
        again = interleave([epoch(steps[2], batches)], rounds, warm_up=0)
        ours = statistics.median([times.median(2), again.median(0)])
        print(f"{'JoeyNMT, input feeding':28} {tokens / sum(seconds):8.0f} target tokens/s")
        print(f"throughline / JoeyNMT, both with input feeding: {sum(seconds) / ours:.2f}")
        print(f"throughline without / JoeyNMT with: {sum(seconds) / times.median(0):.2f}")

    print_share(steps[0], batches[: 2 if arguments.quick else 5], rounds)


def print_share(step: Step, batches: list[Batch], rounds: int) -> None:
    """Prints how much of a step its matrix products alone would take."""
    shares, noises, speeds = [], [], []
    for batch in batches:
        run, flops = products(batch)
        times = interleave([run, lambda batch=batch: step(*batch)], rounds)
        share, noise = times.ratio(1, 0)
        shares.append(share)
        noises.append(noise)
        speeds.append(flops / times.median(0) / 1e9)
    print(
        f"share of the machine's limit: {statistics.median(shares):.2f} ± "
        f"{statistics.median(noises):.2f} (products alone run at "
        f"{statistics.median(speeds):.0f} GFLOP/s)"
    )


if __name__ == "__main__":
    main()
