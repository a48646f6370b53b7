"""Batching: gathered, padded, split again; and what happens where it does not fit."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.errors import UserError
from serving.batch_rules import BatchRules, read_batch_rules
from serving.batch_scheduler import BatchScheduler
from serving.batching import BatchedModel
from serving.status import Code, ServingError


class Recorder:
    """A model that doubles its input, and remembers the shapes and texts that it was given."""

    def __init__(self) -> None:
        self.signatures: dict = {}
        self.calls: list[np.ndarray] = []
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self.open.set()

    def run(self, feeds, fetches, timeout_ms=0):
        array = feeds["x"]
        self.entered.release()
        self.open.wait(10)
        self.calls.append(array)
        if array.dtype == object:
            return [np.array([len(text) for text in array.tolist()])]
        if (array < 0).any():
            raise ServingError(Code.INVALID_ARGUMENT, "negative")
        if list(fetches) == ["total"]:
            return [array.sum()]
        return [array * 2]

    def close(self) -> None:
        self.closed = True


class CountingScheduler(BatchScheduler):
    """Lets a test wait until its calls are in the queue."""

    def __init__(self, rules: BatchRules):
        self.submitted = threading.Semaphore(0)
        super().__init__(rules)

    def submit(self, key, task, run):
        super().submit(key, task, run)
        self.submitted.release()


class Batched:
    """A recorder behind batches."""

    def __init__(self, **rules):
        self.rules = BatchRules(**rules)
        self.recorder = Recorder()
        self.scheduler = CountingScheduler(self.rules)
        self.model = BatchedModel(self.recorder, self.scheduler, self.rules)

    def __enter__(self) -> "Batched":
        return self

    def __exit__(self, *exception) -> None:
        self.recorder.open.set()
        self.scheduler.close()

    def run(self, *rows, fetches=("y",)) -> list:
        return self.model.run({"x": np.array(rows)}, list(fetches))[0].tolist()

    def at_once(self, *batches) -> list:
        """Runs the calls at the same time."""
        with ThreadPoolExecutor(len(batches)) as pool:
            return list(pool.map(lambda rows: self.run(*rows), batches))

    def behind(self, first: np.ndarray, *arrays: np.ndarray) -> list:
        """Runs calls that arrive while the first is running; the answers of all, or the errors."""

        def call(array: np.ndarray):
            try:
                return self.model.run({"x": array}, ["y"])[0].tolist()
            except ServingError as error:
                return error.message

        with ThreadPoolExecutor(1 + len(arrays)) as pool:
            self.recorder.open.clear()
            futures = [pool.submit(call, first)]
            assert self.recorder.entered.acquire(timeout=10)
            self.scheduler.submitted.acquire()
            for array in arrays:
                futures.append(pool.submit(call, array))
                assert self.scheduler.submitted.acquire(timeout=10)
            self.recorder.open.set()
            return [future.result(10) for future in futures]


FOREVER = 1000.0


def test_a_call_does_not_wait_for_company_where_nothing_runs():
    with Batched(max_batch_size=100, timeout_seconds=FOREVER) as batched:
        assert batched.run(1) == [2]
        assert batched.run(3) == [6]


def test_calls_that_arrive_while_a_batch_runs_are_run_together_and_split_again():
    with Batched(max_batch_size=64, timeout_seconds=FOREVER, threads=2) as batched:
        answers = batched.behind(*map(np.array, ([0], [1, 2], [3], [4, 5, 6])))
    assert answers == [[0], [2, 4], [6], [8, 10, 12]]
    assert [call.tolist() for call in batched.recorder.calls] == [[0], [1, 2, 3, 4, 5, 6]]


def test_another_thread_takes_a_batch_that_is_full_or_old_while_one_runs():
    for rules in ({"max_batch_size": 1}, {"timeout_seconds": 0.01}):
        with Batched(**{"timeout_seconds": FOREVER, "threads": 2, **rules}) as batched:
            batched.recorder.open.clear()
            with ThreadPoolExecutor(2) as pool:
                calls = []
                for number in (1, 2):
                    calls.append(pool.submit(batched.run, number))
                    assert batched.recorder.entered.acquire(timeout=10)
                batched.recorder.open.set()
                assert [call.result(10) for call in calls] == [[2], [4]]


def test_texts_of_another_length_wait_for_no_batch():
    short, long = np.array([b"short"], dtype=object), np.array([b"long" * 100], dtype=object)
    with Batched(timeout_seconds=FOREVER, threads=2) as batched:
        batched.recorder.open.clear()
        with ThreadPoolExecutor(2) as pool:
            for array in (long, short):
                pool.submit(batched.model.run, {"x": array}, ["y"])
                assert batched.recorder.entered.acquire(timeout=10)
            batched.recorder.open.set()


def test_batches_are_padded_to_an_allowed_size_with_their_first_row():
    with Batched(
        max_batch_size=8, allowed_batch_sizes=(2, 4, 8), timeout_seconds=0.0, threads=1
    ) as batched:
        assert batched.run(7, 8, 9) == [14, 16, 18]
        assert batched.run(1) == [2]
    assert [call.tolist() for call in batched.recorder.calls] == [[7, 8, 9, 7], [1, 1]]


def test_a_call_beyond_the_largest_batch_is_refused_or_split():
    with Batched(max_batch_size=2) as batched:
        with pytest.raises(ServingError, match="Task size 3 is larger than maximum") as raised:
            batched.run(1, 2, 3)
        assert raised.value.code is Code.INVALID_ARGUMENT
    with Batched(max_batch_size=2, split_large_batches=True) as batched:
        assert batched.run(1, 2, 3, 4, 5) == [2, 4, 6, 8, 10]
        assert max(len(call) for call in batched.recorder.calls) == 2


def test_a_full_queue_is_unavailable():
    with Batched(max_batch_size=1, max_enqueued_batches=2, threads=1) as batched:
        batched.recorder.open.clear()
        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(batched.run, number) for number in range(8)]
            refused = [future.exception(10) for future in running[-1:]]
            batched.recorder.open.set()
            errors = [error for future in running if (error := future.exception(10))]
    assert refused[0] is None or refused[0].code is Code.UNAVAILABLE
    assert len(errors) >= 4
    assert {error.code for error in errors} == {Code.UNAVAILABLE}
    assert "queue to which this task was submitted is full" in str(errors[0])


def test_one_bad_call_harms_no_other():
    with Batched(timeout_seconds=FOREVER, threads=1) as batched:
        answers = batched.behind(*map(np.array, ([0], [1], [-1], [2], [3])))
    assert answers == [[0], [2], "negative", [4], [6]]
    assert [1, -1, 2, 3] in [call.tolist() for call in batched.recorder.calls]


def test_short_and_long_texts_are_not_run_together():
    short, long = np.array([b"short"], dtype=object), np.array([b"long" * 100], dtype=object)
    with Batched(timeout_seconds=FOREVER, threads=1) as batched:
        batched.behind(short, long, short, long, short)
    calls = [call.tolist() for call in batched.recorder.calls]
    assert sorted(calls) == [[b"long" * 100] * 2, [b"short"], [b"short"] * 2]


def test_rows_of_other_shapes_are_run_together_only_where_they_may_be_padded():
    rows = [np.array([row]) for row in ([0, 0], [1, 2, 3], [4, 5])]
    for pad, calls in ((False, 3), (True, 2)):
        batched = Batched(
            pad_variable_length_inputs=pad, timeout_seconds=FOREVER, threads=1, max_batch_size=9
        )
        with batched:
            batched.behind(*rows)
        assert len(batched.recorder.calls) == calls
    assert batched.recorder.calls[1].tolist() == [[1, 2, 3], [4, 5, 4]]


def test_an_output_without_rows_is_a_failed_precondition():
    with Batched() as batched, pytest.raises(ServingError, match="0th dimension") as raised:
        batched.run(1, 2, fetches=["total"])
    assert raised.value.code is Code.FAILED_PRECONDITION


def test_inputs_without_common_rows_are_run_alone():
    with Batched() as batched:
        assert batched.model.run({"x": np.array(3)}, ["y"])[0] == 6
        assert batched.model.run({"x": np.zeros([0])}, ["y"])[0].shape == (0,)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=5), min_size=1, max_size=12),
    st.integers(5, 9),
)
def test_every_call_gets_its_own_rows_back(calls, largest):
    sizes = (2, 5, largest) if largest > 5 else ()
    with Batched(
        max_batch_size=largest, timeout_seconds=0.001, threads=2, allowed_batch_sizes=sizes
    ) as batched:
        assert batched.at_once(*calls) == [[2 * row for row in rows] for rows in calls]


def test_the_parameters_come_from_a_text_proto(tmp_path):
    path = tmp_path / "batching.config"
    path.write_text(
        """
        max_batch_size { value: 64 }
        batch_timeout_micros { value: 2500 }
        max_enqueued_batches { value: 7 }
        num_batch_threads { value: 3 }
        allowed_batch_sizes: 16
        allowed_batch_sizes: 64
        pad_variable_length_inputs: true
        enable_large_batch_splitting { value: true }
        """
    )
    assert read_batch_rules(path) == BatchRules(64, 0.0025, 7, 3, (16, 64), True, True)
    assert read_batch_rules(None) == BatchRules()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("max_batch_size: 3", "Invalid protobuf file in --batching_parameters_file"),
        ("unknown { value: 1 }", "Invalid protobuf file"),
        ("max_batch_size { value: 0 }", "max_batch_size is 0: give 1 or more"),
        ("batch_timeout_micros { value: -1 }", "batch_timeout_micros is below 0"),
        ("allowed_batch_sizes: 4 allowed_batch_sizes: 2", "must increase"),
        (
            "max_batch_size { value: 8 } allowed_batch_sizes: 4",
            "last entry was 4; expected 8",
        ),
    ],
)
def test_parameters_that_cannot_work_are_one_sentence(tmp_path, text, message):
    path = tmp_path / "batching.config"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        read_batch_rules(path)
