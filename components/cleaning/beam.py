"""The cleaning as a Beam graph: what moves between its steps are shards' names and small arrays."""

import apache_beam as beam
import numpy as np
from numpy.typing import NDArray

from components.cleaning.finish import duplicates_in, finish, parts_of
from components.cleaning.survey import HeldOut, held_out_keys, survey
from components.cleaning.work import Shard, Task

_NOTHING_HELD_OUT = HeldOut(frozenset(), frozenset())


def clean(pipeline: beam.Pipeline, shards: list[Shard], task: Task) -> beam.PCollection:
    """Writes the clean shards; the result has an element for each shard that is done.

    The held-out splits are surveyed first, because training pairs are compared with them.
    """
    settings = task.model_dump_json()
    held = [shard for shard in shards if shard.split != "train"]
    train = [shard for shard in shards if shard.split == "train"]
    held_surveys = (
        pipeline
        | "Held-out shards" >> beam.Create(held)
        | "Spread held-out" >> beam.Reshuffle()
        | "Survey held-out" >> beam.Map(survey, settings, _NOTHING_HELD_OUT)
    )
    held_out = (
        held_surveys
        | "Their keys" >> beam.Map(held_out_keys, settings)
        | "All their keys" >> beam.CombineGlobally(_union)
        | "As sets" >> beam.Map(_as_sets, task.cleaning.leakage)
    )
    train_surveys = (
        pipeline
        | "Training shards" >> beam.Create(train)
        | "Spread training" >> beam.Reshuffle()
        | "Survey training" >> beam.Map(survey, settings, beam.pvalue.AsSingleton(held_out))
    )
    surveys = (held_surveys, train_surveys) | "All surveys" >> beam.Flatten()
    everything = beam.pvalue.AsList(surveys)
    duplicates = (
        pipeline
        | "Once" >> beam.Create([None])
        | "Parts of the keys" >> beam.FlatMap(lambda _, surveys: parts_of(surveys), everything)
        | "Spread parts" >> beam.Reshuffle()
        | "Find duplicates" >> beam.FlatMap(duplicates_in, everything, settings)
    )
    keyed = surveys | "By shard" >> beam.Map(lambda found: (found.shard.index, found))
    return (
        {"survey": keyed, "duplicates": duplicates}
        | "Meet" >> beam.CoGroupByKey()
        | "Finish" >> beam.Map(_finish, settings)
    )


def _finish(element: tuple[int, dict], settings: str):
    _, joined = element
    [found] = joined["survey"]
    return finish(found, list(joined["duplicates"]), settings)


def _union(keys: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    arrays = [array for array in keys if array.size]
    return np.concatenate(arrays, axis=1) if arrays else np.empty((2, 0), np.uint64)


def _as_sets(keys: NDArray[np.uint64], wanted: bool) -> HeldOut:
    if not wanted:
        return _NOTHING_HELD_OUT
    sources, targets = keys
    return HeldOut(frozenset(sources.tolist()), frozenset(targets.tolist()))
