"""Sentences per second of greedy and beam search, against JoeyNMT.

    python -m benchmarks.decoding_speed --corpus FOLDER [--quick] [--threads N]

Both sides are one model: biGRU 512, GRU 512, additive attention, input feeding, embeddings of 512
and a vocabulary of 8000, float32. It is trained here for some hundred steps, so that its
translations end where translations end, and its weights are handed to JoeyNMT. Both get the same
ids of the test sentences in the corpus's order, the same length penalty and the same limit of
60 ids. Both are timed from source ids to the best hypothesis's ids, rounds taken in turn; the share
of sentences for which both find the same ids is printed beside the speed.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from benchmarks.joeynmt_peer import JoeyNMT, configuration
from benchmarks.joeynmt_weights import biases_without_peer, joeynmt_weights
from benchmarks.measure import Times
from benchmarks.multi30k import VOCABULARY, add_corpus_argument, batches_of, tokenised_pairs
from foundation.vocabulary import BEGIN, END, PAD
from models.config import DecoderConfig, ModelConfig, TranslatorSpec
from models.decoding import DecodingConfig, build_search
from models.translator import Translator, build_translator

UNITS, LIMIT, LENGTH_PENALTY, BEAM = 512, 60, 1.0, 5


def padded(rows: list[list[int]]) -> tf.Tensor:
    """[B, T] int64."""
    return tf.ragged.constant(rows, dtype=tf.int64).to_tensor(PAD)


def trained_translator(pairs: list, steps: int) -> Translator:
    """A model that has learnt how long a translation is; biases without a peer stay zero."""
    model = ModelConfig(
        units=UNITS, embedding=UNITS, decoder=DecoderConfig(input_feeding=True), bridge="dense"
    )
    translator = build_translator(
        TranslatorSpec(source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY, model=model)
    )
    without_peer = {id(bias) for bias in biases_without_peer(translator)}
    variables = [v for v in translator.trainable_variables if id(v) not in without_peer]
    optimiser = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
    optimiser.build(variables)
    ids = tf.TensorSpec([None, None], tf.int64)

    @tf.function(input_signature=[ids, ids])
    def update(source_ids, target_ids):
        begin = tf.fill([tf.shape(target_ids)[0], 1], tf.constant(BEGIN, tf.int64))
        with tf.GradientTape() as tape:
            logits = translator(
                (source_ids, tf.concat([begin, target_ids[:, :-1]], 1)), training=True
            )
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(target_ids, logits)
            loss = tf.reduce_mean(tf.boolean_mask(losses, target_ids != PAD))
        optimiser.apply(tape.gradient(loss, variables), variables)

    for sources, targets in batches_of(pairs, 64, steps):
        update(padded(sources), padded(targets))
    return translator


def searcher(translator: Translator, beam: int):
    """The traced graph, from a batch of id lists to seconds and hypotheses without END."""
    length = {"maximum_length": LIMIT, "maximum_ratio": 0.0, "maximum_offset": LIMIT}
    search = build_search(
        DecodingConfig(strategy="greedy", **length)
        if beam == 1
        else DecodingConfig(beam=beam, length_penalty=LENGTH_PENALTY, **length)
    )
    graph = tf.function(
        lambda source_ids: search(translator, source_ids),
        input_signature=[tf.TensorSpec([None, None], tf.int64)],
    )

    def run(sources):
        source_ids = padded(sources)
        begin = time.perf_counter()
        ids = graph(source_ids).ids[:, 0].numpy()
        seconds = time.perf_counter() - begin
        return seconds, [[i for i in row if i not in (PAD, END)] for row in ids.tolist()]

    return run


def compare(peer: JoeyNMT, run, batches: list, beam: int, rounds: int):
    """Seconds of both sides in every round, and the hypotheses of both."""
    keys = {"beam": beam, "length_penalty": LENGTH_PENALTY, "maximum_length": LIMIT}
    run(batches[0][0])
    peer.decode(batches[:1], **keys)
    ours, theirs = [], []
    for _ in range(rounds):
        results = [run(sources) for sources, _ in batches]
        report = peer.decode(batches, **keys)
        ours.append(sum(seconds for seconds, _ in results))
        theirs.append(sum(report["seconds"]))
    found = [row for _, rows in results for row in rows]
    peers_found = [row for rows in report["hypotheses"] for row in rows]
    return Times((tuple(ours), tuple(theirs))), found, peers_found


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_corpus_argument(parser)
    parser.add_argument("--quick", action="store_true", help="fewer steps, sentences and rounds")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)

    steps, rounds = (60, 3) if arguments.quick else (250, 5)
    counts = {1: 12, 64: 2} if arguments.quick else {1: 40, 64: 5}
    translator = trained_translator(tokenised_pairs(arguments.corpus), steps)
    test = tokenised_pairs(arguments.corpus, "test_2016_flickr")
    peer_config = configuration(units=UNITS, embedding=UNITS, vocabulary=VOCABULARY)
    print(f"{steps} training steps, {arguments.threads} threads, sentences/s")
    print("search  batch  throughline  JoeyNMT   ratio          same ids  mean length")
    with JoeyNMT(peer_config, arguments.threads, joeynmt_weights(translator)) as peer:
        for beam in (1, BEAM):
            run = searcher(translator, beam)
            for size, count in counts.items():
                batches = batches_of(test, size, count)
                times, ours, theirs = compare(peer, run, batches, beam, rounds)
                ratio, noise = times.ratio(0, 1)
                same = sum(a == b for a, b in zip(ours, theirs, strict=True))
                lengths = (sum(map(len, rows)) / len(ours) for rows in (ours, theirs))
                print(
                    f"{'greedy' if beam == 1 else f'beam {beam}':7} {size:5}  "
                    f"{len(ours) / times.median(0):11.1f}  {len(ours) / times.median(1):7.1f}   "
                    f"{ratio:.2f} ± {noise:.2f}  {same / len(ours):12.0%}  "
                    + ", ".join(f"{length:.1f}" for length in lengths),
                    flush=True,
                )


if __name__ == "__main__":
    main()
