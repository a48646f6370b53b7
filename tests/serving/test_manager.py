"""The life of models: versions, policies, labels, retries, swaps; with pretended models."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from serving.manager import ModelManager
from serving.served_model import Retries, State
from serving.status import Code, ServingError


class FakeModel:
    """A model that knows only its version and whether it is closed."""

    def __init__(self, version: int):
        self.signatures: dict = {}
        self.version = version
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()


class Loader:
    """Loads fakes; a version folder with a file `broken` fails, one with `slow` waits."""

    def __init__(self) -> None:
        self.attempts: list[tuple[str, int]] = []
        self.models: dict[tuple[str, int], FakeModel] = {}
        self.go = threading.Event()

    def __call__(self, name: str, version: int, path: Path) -> FakeModel:
        self.attempts.append((name, version))
        if (path / "slow").exists():
            self.go.wait(10)
        if (path / "broken").exists():
            raise ServingError(Code.DATA_LOSS, "broken on purpose")
        self.models[name, version] = FakeModel(version)
        return self.models[name, version]


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.005)


class World:
    """A manager over folders in a temporary place."""

    def __init__(self, folder: Path, **options):
        self.folder = folder
        self.loader = Loader()
        self.manager = ModelManager(self.loader, Retries(0, 60.0), 0.02, **options)

    def put(self, name: str, version: int | str, *marks: str) -> Path:
        """Adds a version folder, complete from the first moment on."""
        path = self.folder / name / str(version)
        hidden = self.folder / name / f"copying-{version}"
        hidden.mkdir(parents=True)
        for mark in marks:
            (hidden / mark).touch()
        return hidden.rename(path)

    def drop(self, name: str, version: int) -> None:
        shutil.rmtree(self.folder / name / str(version))

    def config(self, *names: str, policy: str = "", labels: dict | None = None):
        config = ModelServerConfig()
        config.model_config_list.SetInParent()
        for name in names:
            model = config.model_config_list.config.add(
                name=name, base_path=str(self.folder / name), model_platform="tensorflow"
            )
            if policy == "all":
                model.model_version_policy.all.SetInParent()
            elif policy.startswith("latest"):
                model.model_version_policy.latest.num_versions = int(policy.split()[1])
            elif policy:
                model.model_version_policy.specific.versions.extend(map(int, policy.split()))
            model.version_labels.update(labels or {})
        return config

    def reload(self, *names: str, **options) -> None:
        self.manager.reload(self.config(*names, **options), timeout=10)

    def version(self, name: str, **choice) -> int:
        spec = ModelSpec(name=name, **choice)
        with self.manager.lease(spec) as lease:
            return lease.version

    def states(self, name: str) -> dict[int, str]:
        return {s.version: s.state.name for s in self.manager.status(ModelSpec(name=name))}

    def error(self, name: str, **choice) -> ServingError:
        with pytest.raises(ServingError) as raised:
            self.version(name, **choice)
        return raised.value


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.loader.go.set()
    world.manager.close()


def test_the_latest_version_alone_is_served_by_default(world):
    for version in (1, 2, 10):
        world.put("m", version)
    world.reload("m")
    assert world.states("m") == {10: "AVAILABLE"}


def test_latest_n_all_and_specific_versions(world):
    for name in ("two", "all", "chosen"):
        for version in (1, 2, 3):
            world.put(name, version)
    policies = {"two": "latest 2", "all": "all", "chosen": "1 3 7"}
    config = ModelServerConfig()
    for name, policy in policies.items():
        config.MergeFrom(world.config(name, policy=policy))
    world.manager.reload(config, timeout=10)
    until(lambda: "LOADING" not in str([world.states(name) for name in policies]))
    assert world.states("two") == {3: "AVAILABLE", 2: "AVAILABLE"}
    assert set(world.states("all")) == {1, 2, 3}
    assert set(world.states("chosen")) == {1, 3}


def test_folders_that_are_no_whole_number_are_ignored(world):
    for name in ("0007", "tmp", "8.bak", "1e3", "-9", str(2**63)):
        world.put("m", name)
    (world.folder / "m" / "99").write_text("a file")
    world.reload("m")
    assert world.states("m") == {7: "AVAILABLE"}


def test_a_new_version_is_up_before_the_old_is_unloaded(world):
    world.put("m", 1)
    world.reload("m")
    world.put("m", 2, "slow")
    until(lambda: world.states("m").get(2) == "LOADING")
    assert world.version("m") == 1
    world.loader.go.set()
    until(lambda: world.states("m") == {2: "AVAILABLE", 1: "END"})
    assert world.version("m") == 2
    assert world.loader.models["m", 1].closed.is_set()


def test_requests_in_flight_keep_their_version(world):
    world.put("m", 1)
    world.reload("m")
    with world.manager.lease(ModelSpec(name="m")) as lease:
        world.put("m", 2)
        until(lambda: world.states("m") == {2: "AVAILABLE", 1: "UNLOADING"})
        assert world.version("m") == 2
        assert not lease.model.closed.is_set()
    until(lambda: world.states("m")[1] == "END")
    assert lease.model.closed.is_set()


def test_a_broken_version_leaves_the_old_one_serving_and_shows_its_error(world):
    world.put("m", 1)
    world.reload("m")
    world.put("m", 2, "broken")
    until(lambda: world.states("m").get(2) == "END")
    assert world.states("m")[1] == "AVAILABLE"
    assert world.version("m") == 1
    status = world.manager.status(ModelSpec(name="m"))[0]
    assert (status.version, status.state) == (2, State.END)
    assert (status.error.code, status.error.message) == (Code.DATA_LOSS, "broken on purpose")
    time.sleep(0.2)
    assert world.loader.attempts.count(("m", 2)) == 1


def test_a_good_version_after_a_broken_one_takes_over(world):
    world.put("m", 1)
    world.reload("m")
    world.put("m", 2, "broken")
    until(lambda: world.states("m").get(2) == "END")
    world.put("m", 3)
    until(lambda: world.states("m") == {3: "AVAILABLE", 2: "END", 1: "END"})


def test_removing_the_newest_falls_back(world):
    world.put("m", 1)
    world.put("m", 2)
    world.reload("m")
    world.drop("m", 2)
    until(lambda: world.states("m") == {2: "END", 1: "AVAILABLE"})
    assert world.version("m") == 1
    world.put("m", 2)
    until(lambda: world.states("m") == {2: "AVAILABLE", 1: "END"})


def test_a_failed_load_is_tried_again(tmp_path):
    world = World(tmp_path)
    world.manager.close()
    world.manager = ModelManager(world.loader, Retries(2, 0.05), 0.02)
    path = world.put("m", 1, "broken")
    world.put("n", 1, "broken")
    waiting = threading.Thread(target=world.reload, args=["m"])
    waiting.start()
    until(lambda: len(world.loader.attempts) == 2)
    (path / "broken").unlink()
    waiting.join()
    assert world.states("m") == {1: "AVAILABLE"}
    with pytest.raises(ServingError, match="model n version 1 did not become available"):
        world.reload("m", "n")
    assert world.loader.attempts.count(("n", 1)) == 3
    world.manager.close()


def test_a_retry_is_not_waited_for_at_the_end(tmp_path):
    world = World(tmp_path)
    world.manager.close()
    world.manager = ModelManager(world.loader, Retries(5, 3600.0), 0.02)
    world.put("m", 1, "broken")
    with pytest.raises(ServingError) as raised:
        world.manager.reload(world.config("m"), timeout=0.2)
    assert raised.value.code is Code.DEADLINE_EXCEEDED
    start = time.monotonic()
    world.manager.close()
    assert time.monotonic() - start < 60


def test_an_empty_base_path_is_waited_for(world):
    (world.folder / "m").mkdir()
    waiting = threading.Thread(target=world.reload, args=["m"])
    waiting.start()
    time.sleep(0.1)
    assert waiting.is_alive()
    assert not world.manager.is_ready()
    world.put("m", 1)
    waiting.join()
    assert world.manager.is_ready()


def test_a_base_path_that_goes_away_changes_nothing(world):
    world.put("m", 1)
    world.reload("m")
    (world.folder / "m").rename(world.folder / "elsewhere")
    time.sleep(0.1)
    assert world.version("m") == 1


def test_a_new_configuration_replaces_the_old_whole(world):
    for name in ("a", "b", "c"):
        world.put(name, 1)
    world.reload("a", "b")
    world.reload("b", "c")
    until(lambda: world.states("a") == {1: "END"})
    assert world.error("a").code is Code.NOT_FOUND
    assert (world.version("b"), world.version("c")) == (1, 1)
    assert world.loader.attempts.count(("b", 1)) == 1


def test_a_reload_waits_for_new_models_but_not_for_new_versions_of_old_ones(world):
    world.put("a", 1)
    world.reload("a")
    world.put("a", 2, "slow")
    world.put("b", 1)
    world.reload("a", "b", policy="2 1")
    assert world.version("b") == 1
    assert world.states("a")[2] == "LOADING"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda config: config.model_config_list.config.add().CopyFrom(
            config.model_config_list.config[0]), "Illegal to list model m multiple times"),
        (lambda config: config.ClearField("model_config_list"), "not supported"),
        (lambda config: setattr(config.model_config_list.config[0], "name", ""), "printable name"),
        (lambda config: setattr(config.model_config_list.config[0], "model_platform", ""),
         "neither ModelServerConfig::model_type"),
        (lambda config: setattr(config.model_config_list.config[0], "model_platform", "caffe"),
         "unsupported platform caffe"),
        (lambda config: setattr(config.model_config_list.config[0], "base_path", "a/b"),
         "to have an absolute path"),
    ],
)  # fmt: skip
def test_a_bad_configuration_is_refused_and_changes_nothing(world, change, message):
    world.put("m", 1)
    world.reload("m")
    config = world.config("m")
    change(config)
    with pytest.raises(ServingError, match=message) as raised:
        world.manager.reload(config, timeout=1)
    assert raised.value.code is Code.INVALID_ARGUMENT
    assert world.version("m") == 1


def test_labels_find_their_version_and_move_with_a_reload(world):
    world.put("m", 1)
    world.put("m", 2)
    world.reload("m", policy="all")
    until(lambda: len(world.states("m")) == 2 and "LOADING" not in str(world.states("m")))
    world.reload("m", policy="all", labels={"stable": 1, "canary": 2})
    assert world.version("m", version_label="stable") == 1
    assert world.version("m", version_label="canary") == 2
    world.reload("m", policy="all", labels={"stable": 2})
    assert world.version("m", version_label="stable") == 2
    error = world.error("m", version_label="canary")
    assert error.code is Code.INVALID_ARGUMENT
    assert error.message == "Unrecognized servable version label: canary"


def test_a_label_on_a_version_that_is_not_available_is_refused(world):
    world.put("m", 1)
    world.reload("m")
    with pytest.raises(ServingError, match="not currently available for inference") as raised:
        world.reload("m", labels={"stable": 9})
    assert raised.value.code is Code.FAILED_PRECONDITION


def test_a_new_label_may_wait_for_its_version_where_that_is_allowed(tmp_path):
    world = World(tmp_path, labels_may_wait=True)
    world.put("m", 1)
    world.reload("m", labels={"stable": 9})
    error = world.error("m", version_label="stable")
    assert error.code is Code.NOT_FOUND
    assert error.message == "Servable not found for request: Specific(m, 9)"
    with pytest.raises(ServingError, match="not currently available"):
        world.reload("m", labels={"stable": 8})
    world.manager.close()


def test_specs_without_a_name_are_refused(world):
    assert world.error("").code is Code.INVALID_ARGUMENT


def test_no_lease_ever_sees_a_closed_model_while_versions_come_and_go(world):
    world.put("m", 1)
    world.reload("m")
    stop = threading.Event()
    problems: list[object] = []

    def use() -> None:
        while not stop.is_set():
            try:
                with world.manager.lease(ModelSpec(name="m")) as lease:
                    time.sleep(0.001)
                    if lease.model.closed.is_set():
                        problems.append(lease)
            except ServingError as error:
                problems.append(error)

    users = [threading.Thread(target=use) for _ in range(8)]
    for user in users:
        user.start()
    for version in range(2, 12):
        world.put("m", version)
        until(lambda version=version: world.states("m").get(version) == "AVAILABLE")
        if version % 3 == 0:
            world.drop("m", version)
            until(lambda version=version: world.states("m")[version] == "END")
    stop.set()
    for user in users:
        user.join()
    assert problems == []
