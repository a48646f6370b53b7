"""All models that are served: their configuration, labels and folders."""

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.config.model_server_config_pb2 import ModelConfig, ModelServerConfig

from serving.inference import Model
from serving.model_config import base_path, check_config
from serving.served_model import Load, Retries, ServedModel, VersionStatus, not_found
from serving.status import Code, ServingError, invalid
from serving.versions import choose_versions, find_versions

log = logging.getLogger(__name__)

# More than load at once: a thread also waits out the pause before a failed load is tried again.
_LOAD_THREADS = 32


class Lease(NamedTuple):
    """A model that stays loaded for as long as it is held."""

    name: str
    version: int
    model: Model


class ModelManager:
    """Loads what the configuration names and finds it again by model spec.

    Args:
        load: makes a model of a version's folder.
        retries: for loads that fail.
        poll_seconds: how often the folders are looked at; not at all again where 0 or less.
        labels_may_wait: whether a new label may name a version that is not available yet.
    """

    def __init__(
        self,
        load: Load,
        retries: Retries,
        poll_seconds: float = 1.0,
        labels_may_wait: bool = False,
    ):
        self._load = load
        self._retries = retries
        self._poll_seconds = poll_seconds
        self._labels_may_wait = labels_may_wait
        self._workers = ThreadPoolExecutor(_LOAD_THREADS, thread_name_prefix="load")
        self._models: dict[str, ServedModel] = {}
        self._configs: Sequence[ModelConfig] = ()
        self._labels: Mapping[tuple[str, str], int] = {}
        self._problems: dict[str, str] = {}
        self._reloading = threading.Lock()
        self._polling = threading.Lock()
        self._closing = threading.Event()
        self._poller = threading.Thread(target=self._poll_forever, name="poll", daemon=True)
        self._poller.start()

    def reload(self, config: ModelServerConfig, timeout: float | None = None) -> None:
        """Replaces the whole configuration, and waits until its new models are available.

        Args:
            config: the new list of models.
            timeout: seconds to wait at most.

        Raises:
            ServingError: INVALID_ARGUMENT for a bad configuration, FAILED_PRECONDITION for a
                label on a version that is not available (both leave everything as it was);
                UNKNOWN where a new model cannot be loaded, DEADLINE_EXCEEDED after the timeout.
        """
        with self._reloading:
            configs = check_config(config)
            labels = self._check_labels(configs)
            before = {model.name for model in self._configs}
            with self._polling:
                self._configs, self._labels = configs, labels
            self.poll()
            for model in configs:
                if model.name not in before:
                    self._models[model.name].wait_until_available(timeout)

    def _check_labels(self, configs: Sequence[ModelConfig]) -> dict[tuple[str, str], int]:
        labels = {}
        for config in configs:
            for label, version in config.version_labels.items():
                key = (config.name, label)
                is_new = self._labels.get(key, version) == version
                model = self._models.get(config.name)
                available = model is not None and model.is_available(version)
                if not available and not (self._labels_may_wait and is_new):
                    raise ServingError(
                        Code.FAILED_PRECONDITION,
                        f"Request to assign label to version {version} of model {config.name},"
                        " which is not currently available for inference",
                    )
                labels[key] = version
        return labels

    def poll(self) -> None:
        """Looks at every model's folder and starts what has to be loaded or unloaded."""
        with self._polling:
            configured = {config.name for config in self._configs}
            for name, model in self._models.items():
                if name not in configured:
                    model.want({})
            for config in self._configs:
                self._poll_model(config)

    def _poll_model(self, config: ModelConfig) -> None:
        if config.name not in self._models:
            self._models[config.name] = ServedModel(
                config.name, self._load, self._retries, self._workers
            )
        found = self._find_versions(config)
        if found is not None:
            chosen = choose_versions(found, config.model_version_policy)
            self._models[config.name].want({version: found[version] for version in chosen})

    def _find_versions(self, config: ModelConfig) -> dict[int, Path] | None:
        """The version folders; None, which changes nothing, where the folder cannot be read."""
        path = base_path(config)
        try:
            found = find_versions(path)
        except OSError as error:
            self._say_once(config.name, f"Could not read base path {path}: {error.strerror}")
            return None
        problem = f"No versions of servable {config.name} found under base path {path}"
        self._say_once(config.name, "" if found else problem)
        return found

    def _say_once(self, name: str, problem: str) -> None:
        if problem and self._problems.get(name) != problem:
            log.warning("%s", problem)
        self._problems[name] = problem

    def _poll_forever(self) -> None:
        while self._poll_seconds > 0 and not self._closing.wait(self._poll_seconds):
            self.poll()

    @contextmanager
    def lease(self, spec: ModelSpec) -> Iterator[Lease]:
        """The model that a request asks for, kept loaded until the block ends.

        Raises:
            ServingError: INVALID_ARGUMENT for no name or an unknown label, NOT_FOUND for a model
                or version that is not available.
        """
        if not spec.name:
            raise invalid("ModelSpec has no name specified.")
        number = self._version_of(spec)
        if spec.name not in self._models:
            raise not_found(spec.name, number)
        with self._models[spec.name].lease(number) as (version, model):
            yield Lease(spec.name, version, model)

    def _version_of(self, spec: ModelSpec) -> int | None:
        choice = spec.WhichOneof("version_choice")
        if choice == "version":
            return spec.version.value
        if choice == "version_label":
            label = spec.version_label
            if (spec.name, label) not in self._labels:
                raise invalid(f"Unrecognized servable version label: {label}")
            return self._labels[spec.name, label]
        return None

    def status(self, spec: ModelSpec) -> list[VersionStatus]:
        """The states of all versions, or of the one that the spec numbers; labels are ignored.

        Raises:
            ServingError: NOT_FOUND where there are none.
        """
        model = self._models.get(spec.name)
        versions = model.status() if model else []
        if spec.HasField("version"):
            number = spec.version.value
            versions = [status for status in versions if status.version == number]
            if not versions:
                raise ServingError(
                    Code.NOT_FOUND, f"Could not find version {number} of model {spec.name}"
                )
        if not versions:
            raise ServingError(Code.NOT_FOUND, f"Could not find any versions of model {spec.name}")
        return versions

    def knows(self, name: str) -> bool:
        """True for the name of a model that is or was configured."""
        return name in self._models

    def is_ready(self) -> bool:
        """True when every configured model can answer."""
        return all(self._models[config.name].is_available() for config in self._configs)

    def close(self) -> None:
        """Stops polling and unloads everything, once the requests in it have finished."""
        self._closing.set()
        self._poller.join()
        for model in self._models.values():
            model.close()
        self._workers.shutdown(wait=True)
