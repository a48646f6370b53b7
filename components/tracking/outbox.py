"""Writing to MLflow without waiting for it: a queue that one thread empties in order."""

import io
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from mlflow.entities import DatasetInput
from mlflow.exceptions import MlflowException

from components.tracking.run import Run
from components.tracking.store import UNREACHABLE
from components.tracking.undelivered import Letter, Undelivered
from foundation.console import say

CAPACITY = 5000
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
PATIENCE = 20.0
# Seconds after which a delivery counts as late.
LATE = 10.0


class Outbox:
    """Takes what a training logs and delivers it in the background, in order.

    Logging never waits and never raises for the store's sake. What fails is tried again with
    growing pauses; meanwhile, and at the end, what waits is kept in ``folder``, from where the
    next outbox of the same training delivers it. Every write may be repeated: metrics that the
    run has already are left out, all others replace what they wrote before.

    Args:
        begin: makes or opens the run; called in the background, again while it fails
        folder: beside the checkpoints
        capacity: letters kept while the store is away; later ones are counted as lost
        pause: seconds before the second attempt, doubled up to ``LONGEST_PAUSE``
        patience: seconds that :attr:`run_id` and :meth:`close` together wait
    """

    def __init__(
        self,
        begin: Callable[[], Run],
        folder: Path,
        capacity: int = CAPACITY,
        pause: float = FIRST_PAUSE,
        patience: float = PATIENCE,
    ):
        self._begin = begin
        self._undelivered = Undelivered(folder)
        self._capacity = capacity
        self._pause = pause
        self._patience = patience
        self._run: Run | None = None
        self._newest: dict[str, int] = {}
        self._letters = deque(self._undelivered.read())
        self._changed = threading.Condition()
        self._answered = threading.Event()
        self._closing = threading.Event()
        self._urgent = threading.Event()
        self._given_up = threading.Event()
        self._late = 0
        self._lost = 0
        self._refused: list[str] = []
        # The first canvas of a process looks at IPython, which MLflow may be importing just then
        # in the background; so it is made before.
        FigureCanvasAgg(Figure())
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._post("terminate", "FAILED" if kind else "FINISHED")
        self.close()

    @property
    def run_id(self) -> str:
        """The run's id; empty where the store has not answered within the patience."""
        self._urgent.set()
        self._wait(self._answered.wait)
        return self._run.id if self._run else ""

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """See :meth:`Run.log_metrics`; each metric is written once a step."""
        values = {name: float(value) for name, value in metrics.items()}
        self._post("log_metrics", values, step, int(time.time() * 1000))

    def log_params(self, params: Mapping[str, Any]) -> None:
        """See :meth:`Run.log_params`."""
        self._post("log_params", {name: str(value) for name, value in params.items()})

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """See :meth:`Run.set_tags`."""
        self._post("set_tags", dict(tags))

    def log_datasets(self, datasets: Sequence[DatasetInput]) -> None:
        """See :meth:`Run.log_datasets`."""
        self._post("log_datasets", list(datasets))

    def log_file(self, folder: str, path: Path) -> None:
        """See :meth:`Run.log_file`; the file is read when it is delivered."""
        self._post("log_file", folder, path)

    def log_figure(self, path: str, figure: Figure) -> None:
        """See :meth:`Run.log_figure`; drawn at once, the caller may close the figure."""
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        self._post("log_bytes", path, picture.getvalue())

    def log_text(self, path: str, text: str) -> None:
        """See :meth:`Run.log_text`."""
        self._post("log_text", path, text)

    def log_json(self, path: str, value: Any) -> None:
        """See :meth:`Run.log_json`."""
        self._post("log_json", path, value)

    def log_table(self, path: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """See :meth:`Run.log_table`."""
        self._post("log_table", path, {name: list(rows) for name, rows in columns.items()})

    def close(self) -> None:
        """Wait a bounded time for the rest, keep what is left, say what was late or lost."""
        with self._changed:
            self._closing.set()
            self._changed.notify()
        self._urgent.set()
        self._wait(self._thread.join)
        self._given_up.set()
        self._keep()
        if sentence := self.account():
            say(sentence)

    def account(self) -> str:
        """One sentence on what did not arrive at once; empty where all did."""
        waiting, kept = len(self._letters), self._undelivered.file
        parts = [
            f"{self._late} records were delivered late" if self._late else "",
            f"{waiting} wait in {kept} for the next run of this training" if waiting else "",
            f"{self._lost} were lost for want of room" if self._lost else "",
            f"{len(self._refused)} were refused ({self._refused[0]})" if self._refused else "",
        ]
        told = "; ".join(part for part in parts if part)
        return f"MLflow: {told}." if told else ""

    def _wait(self, until: Callable[[float], object]) -> None:
        """Spend what is left of the patience; there is one for all that waits."""
        started = time.monotonic()
        until(self._patience)
        self._patience = max(0.0, self._patience - (time.monotonic() - started))

    def _post(self, method: str, *arguments: Any) -> None:
        with self._changed:
            if len(self._letters) >= self._capacity:
                self._lost += 1
                return
            self._letters.append(Letter(method, arguments, time.time()))
            self._changed.notify()

    def _work(self) -> None:
        self._insist(self._open)
        self._answered.set()
        if self._run is None:
            return
        while letter := self._next():
            if not self._insist(lambda letter=letter: self._deliver(letter)):
                return
            with self._changed:
                self._letters.popleft()

    def _next(self) -> Letter | None:
        with self._changed:
            self._changed.wait_for(lambda: self._letters or self._closing.is_set())
            return self._letters[0] if self._letters else None

    def _insist(self, act: Callable[[], None]) -> bool:
        """Act until it succeeds or is refused for good; False where the outbox is given up."""
        pause = self._pause
        while not self._given_up.is_set():
            try:
                act()
                return True
            except UNREACHABLE as error:
                if _is_final(error):
                    self._refused.append(str(error))
                    return True
            # Whatever it is, the thread must live; the account tells it.
            except Exception as error:
                self._refused.append(f"{type(error).__name__}: {error}")
                return True
            self._keep()
            if self._urgent.is_set():
                self._given_up.wait(min(pause, FIRST_PAUSE))
            else:
                self._urgent.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return False

    def _open(self) -> None:
        self._run = self._begin()

    def _deliver(self, letter: Letter) -> None:
        if letter.method == "log_metrics":
            letter = self._unwritten(letter)
        getattr(self._run, letter.method)(*letter.arguments)
        self._late += time.time() - letter.posted > LATE
        if letter.method == "log_metrics":
            metrics, step, _ = letter.arguments
            self._newest |= dict.fromkeys(metrics, step)

    def _unwritten(self, letter: Letter) -> Letter:
        """Without the metrics that the run has at this step or a later one."""
        metrics, step, at = letter.arguments
        for name in metrics.keys() - self._newest.keys():
            self._newest[name] = self._run.newest_step(name)
        fresh = {name: value for name, value in metrics.items() if step > self._newest[name]}
        return letter._replace(arguments=(fresh, step, at))

    def _keep(self) -> None:
        # The disk is waited for while nobody who logs is held up.
        with self._changed:
            letters = list(self._letters)
        self._undelivered.write(letters)


def _is_final(error: Exception) -> bool:
    """Whether the store answered that it will never take this."""
    final = ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "INVALID_STATE")
    return isinstance(error, MlflowException) and error.error_code in final
