"""What the MLflow run is told that only the runner knows."""

from pathlib import Path

from components.tracking import RUN_ID, Run
from pipeline.config import Config
from pipeline.history import newest_output, newest_run, was_cached
from pipeline.paths import Paths


def record(config: Config, config_file: Path, paths: Paths) -> None:
    """Add the whole configuration to the run of the training that has just ended.

    A training that was taken from the cache has its record already.

    Args:
        config: the configuration as it was used, with what SET changed
        config_file: where it was read from
        paths: the folders of the pipeline
    """
    if was_cached(paths.metadata, "Trainer"):
        return
    model = newest_output(paths.metadata, "Trainer", "model")
    with Run.require(str(model.properties[RUN_ID])) as run:
        run.log_text("config.json", config.model_dump_json(indent=2))
        run.set_tags(
            {
                "config.file": str(config_file),
                "tfx.pipeline": str(paths.root),
                "tfx.run": newest_run(paths.metadata, "Trainer"),
            }
        )
