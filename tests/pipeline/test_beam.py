"""Beam's runner and options: they reach the components, and no cache key."""

from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from pydantic import ValidationError
from tfx import v1 as tfx
from tfx.orchestration import metadata

from foundation.errors import UserError
from pipeline import beam as module
from pipeline.beam import BeamSettings

MULTI = BeamSettings(options=("--direct_running_mode=multi_processing", "--direct_num_workers=2"))


@tfx.dsl.components.component(use_beam=True)
def Doubler(  # noqa: N802 - a component is named like a class
    file: tfx.dsl.components.Parameter[str],
    beam_pipeline: tfx.dsl.components.BeamComponentParameter[beam.Pipeline] = None,
) -> tfx.dsl.components.OutputDict(mode=str):
    """Writes doubled numbers with Beam; its output is the running mode."""
    with beam_pipeline as pipeline:
        doubled = pipeline | beam.Create([1, 2, 3]) | beam.Map(lambda number: str(2 * number))
        _ = doubled | beam.io.WriteToText(file, num_shards=1)
    options = beam_pipeline.options.view_as(DirectOptions)
    return {"mode": f"{options.direct_running_mode} {options.direct_num_workers}"}


def run(folder: Path, settings: BeamSettings) -> list[tuple[str, str]]:
    """Runs the pipeline; state and running mode of each of its executions so far."""
    connection = metadata.sqlite_metadata_connection_config(str(folder / "metadata.sqlite"))
    pipeline = tfx.dsl.Pipeline(
        pipeline_name="doubling",
        pipeline_root=str(folder / "root"),
        components=[Doubler(file=str(folder / "doubled"))],
        enable_cache=True,
        metadata_connection_config=connection,
    )
    with module.beam(settings):
        tfx.orchestration.LocalDagRunner().run(pipeline)
    with metadata.Metadata(connection) as handle:
        modes = [Path(a.uri).read_text() for a in handle.store.get_artifacts()]
        states = [execution.last_known_state for execution in handle.store.get_executions()]
    return list(zip(states, modes, strict=False))


def test_the_options_reach_a_component_and_other_options_take_it_from_the_cache(tmp_path):
    first = run(tmp_path, MULTI)
    written = next(tmp_path.glob("doubled-*")).read_text()
    assert sorted(written.split()) == ["2", "4", "6"]
    assert [mode for _, mode in first] == ["multi_processing 2"]
    (tmp_path / next(tmp_path.glob("doubled-*")).name).unlink()
    run(tmp_path, BeamSettings())
    assert not list(tmp_path.glob("doubled-*"))


def test_in_memory_is_the_default_of_the_direct_runner(tmp_path):
    assert [mode for _, mode in run(tmp_path, BeamSettings())] == ["in_memory 1"]


@pytest.mark.parametrize("runner", ["FlinkRunner", "SparkRunner", "DataflowRunner"])
def test_a_cluster_gets_its_options_and_none_of_the_direct_runner(runner):
    settings = BeamSettings(runner=runner, options=("--parallelism=8",))
    options = PipelineOptions(settings.arguments)
    assert options.view_as(StandardOptions).runner == runner
    assert settings.arguments[1:] == ["--parallelism=8"]


def test_an_unknown_runner_is_one_sentence():
    with (
        pytest.raises(UserError, match=r"beam\.runner: SlowRunner cannot be used"),
        module.beam(BeamSettings(runner="SlowRunner")),
    ):
        pass


@pytest.mark.parametrize("option", ["parallelism=8", "--runner=FlinkRunner"])
def test_an_option_in_the_wrong_place_is_refused(option):
    with pytest.raises(ValidationError, match=r"begins with --|under beam\.runner"):
        BeamSettings(options=(option,))
