"""Beam search.

At each step the K alive hypotheses of a sentence have K * V continuations. Of the K best, those
that end leave for the pool of finished hypotheses; the K best that do not end are the next alive
ones, so that no place in the beam is ever spent on a finished hypothesis. A sentence is done, and
its rows leave the batch, when K hypotheses have finished, or when its length limit is reached, or
when no alive hypothesis can still rank among its n_best: log-probabilities only fall, the coverage
penalty is at most 0, and the length penalty is at most that of the limit, so
``score / length_penalty(limit)`` bounds what an alive hypothesis may come to.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import tensorflow as tf

from foundation.vocabulary import BEGIN, END, PAD
from models.decoding import rows
from models.decoding.config import DecodingConfig
from models.decoding.constraints import forbidden, without_repeats
from models.decoding.hypotheses import Hypotheses, Translator
from models.decoding.limits import length_limits
from models.decoding.penalties import coverage_penalty, length_penalty
from models.decoding.pool import Finished, Pool, empty_pool, merge
from models.decoding.top import top
from models.decoding.trace import Trail, empty_trail, trace, write

_NEVER_ALIVE = len((PAD, BEGIN, END))


class Alive(NamedTuple):
    """The M hypotheses of each of the A sentences that are not done, best first.

    M is 1 before the first step, and K after it.

    sentence: int32 [A], their places in the batch.
    limit: int32 [A], the most ids of a hypothesis.
    scores: float32 [A, M], log-probabilities; -inf where there is no hypothesis.
    history: int32 [A * M, t], the ids so far, BEGIN first.
    coverage: float32 [A * M, S], the attention given to each source position so far.
    memory, state: A * M rows each.
    """

    sentence: tf.Tensor
    limit: tf.Tensor
    scores: tf.Tensor
    history: tf.Tensor
    coverage: tf.Tensor
    memory: Any
    state: Any


class Candidates(NamedTuple):
    """The 2 K best continuations of each sentence, best first: [A, 2 K] each."""

    scores: tf.Tensor
    ids: tf.Tensor
    parents: tf.Tensor


@dataclass(frozen=True)
class BeamSearch:
    """The n_best hypotheses that a beam of K finds, ranked as ``penalties`` says.

    Equal continuations are taken in the order of their hypotheses' rank, then of their ids.
    """

    config: DecodingConfig

    def for_the_best(self) -> "BeamSearch":
        """The search for the first hypothesis alone; it may end where this one has to go on."""
        return BeamSearch(self.config.model_copy(update={"n_best": 1}))

    def __call__(self, translator: Translator, source_ids: tf.Tensor) -> Hypotheses:
        """Source ids [B, S] to hypotheses with N = n_best."""
        memory = translator.encode(source_ids)
        loop = (
            tf.constant(0),
            self._begin(translator, memory),
            empty_pool(tf.shape(memory.mask)[0], self.config.beam),
            empty_trail(),
        )
        _, _, pool, trail = tf.while_loop(
            lambda step, alive, pool, trail: (step == 0) | (tf.size(alive.sentence) > 0),
            lambda step, alive, pool, trail: self._advance(translator, step, alive, pool, trail),
            loop,
            shape_invariants=self._invariants(*loop),
        )
        return trace(pool, trail, self.config.n_best)

    def _begin(self, translator, memory) -> Alive:
        """One hypothesis for each sentence; the first step fills the beam from it."""
        sentences, source_length = tf.unstack(tf.shape(memory.mask))
        return Alive(
            sentence=tf.range(sentences),
            limit=length_limits(self.config, memory.mask),
            scores=tf.zeros([sentences, 1]),
            history=tf.fill([sentences, 1], BEGIN),
            coverage=tf.zeros([sentences, source_length]),
            memory=memory,
            state=translator.start(memory),
        )

    def _invariants(self, step, alive, pool, trail):
        any_size = tf.TensorShape([None, None])
        return (
            step.shape,
            rows.loose(alive)._replace(scores=any_size, history=any_size),
            rows.loose(pool),
            Trail(*[tf.TensorShape(None)] * len(trail)),
        )

    def _advance(self, translator, step, alive, pool, trail):
        previous = alive.history[:, -1]
        logits, state, attention = translator.step(previous, alive.state, alive.memory)
        attention = tf.cast(attention, tf.float32)
        alive = alive._replace(state=state, coverage=alive.coverage + attention)
        length = step + 1
        candidates = self._candidates(
            tf.cast(logits, tf.float32),
            alive,
            length,
            min(self.config.beam + _NEVER_ALIVE, translator.vocabulary),
        )
        ended = candidates.ids == END
        at_limit = length >= alive.limit

        finished = self._finished(candidates, ended | at_limit[:, None], length, alive)
        pool = merge(pool, alive.sentence, finished)
        candidates = self._continuing(candidates, ended)
        done = at_limit | self._settled(candidates.scores[:, 0], pool, alive)
        trail = write(
            trail,
            step,
            alive.sentence,
            tf.shape(pool.ranks)[0],
            candidates.ids,
            candidates.parents,
            attention,
        )
        return length, self._follow(alive, candidates, tf.where(~done)[:, 0]), pool, trail

    def _candidates(self, logits, alive, length, of_each) -> Candidates:
        """The best 2 K of all continuations, found among the best ``of_each`` of each hypothesis.

        All but PAD, BEGIN and END keep a hypothesis alive, so its K + 3 best continuations hold
        all that the next step may need.
        """
        allowed = without_repeats(logits, alive.history, self.config.no_repeat_ngram)
        best, ids = top(allowed, of_each)
        best = tf.where(forbidden(ids, length, self.config.minimum_length), -float("inf"), best)
        scores = tf.reshape(alive.scores, [-1, 1]) + best
        scores -= tf.reduce_logsumexp(logits, axis=1, keepdims=True)
        columns = tf.shape(alive.scores)[1] * of_each
        # One hypothesis, or a tiny vocabulary, may have fewer than 2 K continuations.
        missing = [[0, 0], [0, tf.maximum(2 * self.config.beam - columns, 0)]]
        scores = tf.pad(tf.reshape(scores, [-1, columns]), missing, constant_values=-float("inf"))
        ids = tf.pad(tf.reshape(ids, [-1, columns]), missing, constant_values=PAD)
        scores, index = tf.math.top_k(scores, 2 * self.config.beam)
        return Candidates(
            scores=scores,
            ids=tf.gather(ids, index, batch_dims=1),
            parents=tf.where(index < columns, index // of_each, 0),
        )

    def _finished(self, candidates, leaving, length, alive) -> Finished:
        """Those of the K best candidates that leave the beam; the rest rank at -inf."""
        width = self.config.beam
        scores, ids, parents = (tensor[:, :width] for tensor in candidates)
        ranks = scores / length_penalty(length, self.config.length_penalty)
        if self.config.coverage_penalty:
            penalty = coverage_penalty(
                alive.coverage, alive.memory.mask, self.config.coverage_penalty
            )
            penalty = tf.reshape(penalty, tf.shape(alive.scores))
            ranks += tf.gather(penalty, parents, batch_dims=1)
        return Finished(
            ranks=tf.where(leaving[:, :width], ranks, -float("inf")),
            scores=scores,
            ids=ids,
            parents=parents,
            lengths=tf.fill(tf.shape(ids), length),
        )

    def _continuing(self, candidates, ended) -> Candidates:
        """The K best candidates that do not end."""
        scores = tf.where(ended, -float("inf"), candidates.scores)
        scores, index = tf.math.top_k(scores, self.config.beam)
        return Candidates(
            scores=scores,
            ids=tf.gather(candidates.ids, index, batch_dims=1),
            parents=tf.gather(candidates.parents, index, batch_dims=1),
        )

    def _settled(self, best_alive, pool: Pool, alive):
        """Whether nothing alive can change a sentence's n_best: boolean [A]."""
        ranks = tf.gather(pool.ranks, alive.sentence)
        bound = best_alive / length_penalty(alive.limit, self.config.length_penalty)
        full = ranks[:, -1] > -float("inf")
        return full | (bound <= ranks[:, self.config.n_best - 1])

    def _follow(self, alive, candidates, kept) -> Alive:
        """The next alive hypotheses: the ``kept`` [A'] sentences, each row after its parent."""
        hypotheses = tf.shape(alive.scores)[1]
        parents = tf.gather(candidates.parents, kept)
        parent_row = tf.reshape(tf.cast(kept, tf.int32)[:, None] * hypotheses + parents, [-1])
        ids = tf.reshape(tf.gather(candidates.ids, kept), [-1, 1])
        # A sentence's rows share one memory, which stays where it is until a sentence is done.
        unchanged = (hypotheses == self.config.beam) & (tf.size(kept) == tf.size(alive.sentence))
        return Alive(
            sentence=tf.gather(alive.sentence, kept),
            limit=tf.gather(alive.limit, kept),
            scores=tf.gather(candidates.scores, kept),
            history=tf.concat([tf.gather(alive.history, parent_row), ids], axis=1),
            coverage=tf.gather(alive.coverage, parent_row),
            memory=tf.cond(
                unchanged, lambda: alive.memory, lambda: rows.take(alive.memory, parent_row)
            ),
            state=rows.take(alive.state, parent_row),
        )
