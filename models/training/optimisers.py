"""Keras's optimisers by name."""

import keras

from models.training.config import OptimiserConfig


def build_optimiser(config: OptimiserConfig, variables: list) -> keras.optimizers.Optimizer:
    """An optimiser whose state for ``variables`` exists already."""
    shared = {
        "learning_rate": config.learning_rate,
        "weight_decay": config.weight_decay or None,
    }
    betas = {"beta_1": config.beta_1, "beta_2": config.beta_2}
    optimisers = keras.optimizers
    optimiser = {
        "sgd": lambda: optimisers.SGD(**shared),
        "momentum": lambda: optimisers.SGD(momentum=config.momentum, **shared),
        "adam": lambda: optimisers.Adam(epsilon=config.epsilon, **betas, **shared),
        "adamw": lambda: optimisers.AdamW(epsilon=config.epsilon, **betas, **shared),
        # The step size is the schedule's, not Adafactor's own.
        "adafactor": lambda: optimisers.Adafactor(relative_step=False, **shared),
        "lion": lambda: optimisers.Lion(**betas, **shared),
    }[config.kind]()
    if config.weight_decay:
        optimiser.exclude_from_weight_decay([v for v in variables if len(v.shape) < 2])
    optimiser.build(variables)
    return optimiser
