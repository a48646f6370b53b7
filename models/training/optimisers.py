"""Keras's optimisers by name."""

import keras

from models.training.config import OptimiserConfig


def build_optimiser(config: OptimiserConfig, variables: list) -> keras.optimizers.Optimizer:
    """An optimiser whose state for ``variables`` exists already."""
    rate = config.learning_rate
    optimiser = {
        "sgd": lambda: keras.optimizers.SGD(rate),
        "momentum": lambda: keras.optimizers.SGD(rate, momentum=0.9),
        "adam": lambda: keras.optimizers.Adam(rate),
        "adamw": lambda: keras.optimizers.AdamW(rate, weight_decay=config.weight_decay),
    }[config.kind]()
    if config.kind == "adamw":
        optimiser.exclude_from_weight_decay([v for v in variables if len(v.shape) < 2])
    optimiser.build(variables)
    return optimiser
