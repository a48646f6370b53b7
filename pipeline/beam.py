"""Where Beam runs the data steps: the runner and its options, from the configuration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from apache_beam.runners.runner import create_runner
from pydantic import AfterValidator
from tfx.orchestration.portable import launcher
from tfx.orchestration.portable.beam_executor_operator import BeamExecutorOperator
from tfx.proto.orchestration.executable_spec_pb2 import BeamExecutableSpec
from tfx.proto.orchestration.placeholder_pb2 import PlaceholderExpression

from foundation.errors import UserError
from foundation.settings import Settings

_DIRECT = "DirectRunner"
# A worker process costs some ten seconds a component: too much up to some 200,000 pairs.
_DIRECT_OPTIONS = ("--direct_running_mode=in_memory", "--direct_num_workers=1")


def _option(option: str) -> str:
    if not option.startswith("--"):
        raise ValueError("an option begins with --, as --parallelism=8")
    if option.partition("=")[0] == "--runner":
        raise ValueError("write the runner under beam.runner")
    return option


class BeamSettings(Settings):
    """What the user writes under ``beam:``.

    runner: as Beam names it: DirectRunner, FlinkRunner, SparkRunner, DataflowRunner …
    options: Beam's and the runner's own, handed on as they are: ``--flink_master=host:8081``.
    """

    runner: str = _DIRECT
    options: tuple[Annotated[str, AfterValidator(_option)], ...] = ()

    @property
    def arguments(self) -> list[str]:
        """The settings as Beam's command line; of an option given twice the last one counts."""
        defaults = _DIRECT_OPTIONS if self.runner == _DIRECT else ()
        return [f"--runner={self.runner}", *defaults, *self.options]


@contextmanager
def beam(settings: BeamSettings) -> Iterator[None]:
    """Components that are launched while the block runs use this runner and these options.

    They are not handed to the pipeline itself, since TFX would make them part of every cache
    key, and where a result was computed does not change it.

    Raises:
        UserError: Beam has no such runner, or lacks what the runner needs.
    """
    try:
        create_runner(settings.runner)
    except (ValueError, ImportError) as error:
        raise UserError(
            f"beam.runner: {settings.runner} cannot be used ({error}); correct the name, or "
            "install Beam's extra for it, as apache-beam[gcp] for DataflowRunner."
        ) from error
    operators = launcher.DEFAULT_EXECUTOR_OPERATORS
    before = operators[BeamExecutableSpec]
    operators[BeamExecutableSpec] = _operator(settings.arguments)
    try:
        yield
    finally:
        operators[BeamExecutableSpec] = before


def _operator(arguments: list[str]) -> type[BeamExecutorOperator]:
    """TFX's operator, which adds these arguments to those of the component."""

    class Operator(BeamExecutorOperator):
        def __init__(self, executor_spec, platform_config=None):
            super().__init__(executor_spec, platform_config)
            for argument in arguments:
                expression = PlaceholderExpression()
                expression.value.string_value = argument
                self.beam_pipeline_args.append(expression)

    return Operator
