"""TFX's InfraValidator: the model in the official TF Serving image, where Docker is."""

from typing import Literal

from tfx import v1 as tfx
from tfx.types import BaseChannel

from foundation.errors import UserError
from serving.launch import IMAGE, docker_engine

Choice = bool | Literal["auto"]

_SENTENCES = 8
_LOADING_SECONDS = 120


def wanted(choice: Choice) -> bool:
    """Whether InfraValidator takes part in a run on this machine.

    Args:
        choice: True or False, or "auto": where a Docker engine answers

    Raises:
        UserError: it is asked for and no engine answers.
    """
    if choice is False:
        return False
    found = docker_engine() is not None
    if choice is True and not found:
        raise UserError(
            "serving.infra_validator: true needs Docker, and no engine answers on this machine: "
            "start one, or set it to auto or false, which leaves the check to ServingValidator."
        )
    return found


def infra_validator(
    model: BaseChannel, examples: BaseChannel, model_name: str
) -> tfx.components.InfraValidator:
    """The exported model is loaded by the official image and asked some validation sentences.

    Args:
        model: the exported model
        examples: raw sentence pairs
        model_name: under which it is served
    """
    name, _, tag = IMAGE.partition(":")
    proto = tfx.proto
    return tfx.components.InfraValidator(
        model=model,
        examples=examples,
        serving_spec=proto.ServingSpec(
            tensorflow_serving=proto.TensorFlowServing(image_name=name, tags=[tag]),
            local_docker=proto.LocalDockerConfig(),
            model_name=model_name,
        ),
        validation_spec=proto.ValidationSpec(max_loading_time_seconds=_LOADING_SECONDS),
        request_spec=proto.RequestSpec(
            tensorflow_serving=proto.TensorFlowServingRequestSpec(
                signature_names=["serve_examples"]
            ),
            split_name="validation",
            num_examples=_SENTENCES,
        ),
    )
