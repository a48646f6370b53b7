"""The list of models to serve: from the flags, a file, or a reload request."""

import re
from collections.abc import Sequence
from pathlib import Path

from google.protobuf import text_format
from tensorflow_serving.config.model_server_config_pb2 import (
    TENSORFLOW,
    ModelConfig,
    ModelServerConfig,
)

from foundation.errors import UserError
from serving.status import ServingError, invalid

PLATFORM = "tensorflow"


def single_model(name: str, base_path: str) -> ModelServerConfig:
    """The configuration that `--model_name` and `--model_base_path` stand for."""
    config = ModelServerConfig()
    config.model_config_list.config.add(
        name=name, base_path=str(Path(base_path).absolute()), model_platform=PLATFORM
    )
    return config


def read_config_file(path: Path) -> ModelServerConfig:
    """The configuration in a text proto.

    Raises:
        UserError: where the file is missing or is no ModelServerConfig.
    """
    try:
        return text_format.Parse(path.read_text("utf-8"), ModelServerConfig())
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read --model_config_file {path}: {error}.") from error
    except text_format.ParseError as error:
        raise UserError(
            f"Error parsing text-format tensorflow.serving.ModelServerConfig: {path}: {error}"
        ) from error


def check_config(config: ModelServerConfig) -> Sequence[ModelConfig]:
    """The models of a valid configuration.

    Raises:
        ServingError: INVALID_ARGUMENT for another kind than a model list, and for models without
            a name, named twice, of another platform or without an absolute base path.
    """
    if config.WhichOneof("config") != "model_config_list":
        raise invalid(
            "ServerModelConfig type not supported by HandleReloadConfigRequest."
            " Only ModelConfigList is currently supported"
        )
    models = config.model_config_list.config
    names = [model.name for model in models]
    for position, model in enumerate(models):
        if model.name in names[:position]:
            raise invalid(f"Illegal to list model {model.name} multiple times in config list")
        _check_model(model)
    return models


def _check_model(model: ModelConfig) -> None:
    if not model.name.isprintable() or not model.name:
        raise invalid(f"Model name {model.name!r} is not a printable name")
    if model.model_platform and model.model_type:
        raise invalid(
            "Illegal setting both ModelServerConfig::model_type (deprecated)"
            " and ModelServerConfig::model_platform."
        )
    if not model.model_platform and model.model_type != TENSORFLOW:
        raise invalid(
            "Illegal setting neither ModelServerConfig::model_type (deprecated)"
            " nor ModelServerConfig::model_platform."
        )
    if model.model_platform not in ("", PLATFORM):
        raise _unsupported(model)
    if not base_path(model).is_absolute():
        raise invalid(
            f"Expected model {model.name} to have an absolute path or URI;"
            f" got base_path()={model.base_path}"
        )


def _unsupported(model: ModelConfig) -> ServingError:
    return invalid(f"Model {model.name} requests unsupported platform {model.model_platform}")


def base_path(model: ModelConfig) -> Path:
    """The folder of a model's versions; `file://` is understood."""
    return Path(re.sub(r"^file://", "", model.base_path))
