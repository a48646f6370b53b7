"""What the MLflow run is told that only the runner knows."""

from pathlib import Path

from components.corpus_watch import FINDINGS, PAGE
from components.tracking import RUN_ID, Run
from components.watching.schema import DRIFT, SKEW
from components.watching.verdict import from_json
from pipeline.config import Config
from pipeline.history import newest_output, newest_run, was_cached
from pipeline.paths import Paths


def record(config: Config, config_file: Path, paths: Paths) -> None:
    """Complete the MLflow run of the model with what is new about it.

    Args:
        config: the configuration as it was used, with what SET changed
        config_file: where it was read from
        paths: the folders of the pipeline
    """
    trained, watched = (not was_cached(paths.metadata, node) for node in ("Trainer", "CorpusWatch"))
    if not trained and not watched:
        return
    model = newest_output(paths.metadata, "Trainer", "model")
    with Run.require(str(model.properties[RUN_ID])) as run:
        _record_corpus(run, Path(newest_output(paths.metadata, "CorpusWatch", "report").uri))
        if trained:
            run.log_text("config.json", config.model_dump_json(indent=2))
            run.set_tags(
                {
                    "config.file": str(config_file),
                    "tfx.pipeline": str(paths.root),
                    "tfx.run": newest_run(paths.metadata, "Trainer"),
                }
            )


def _record_corpus(run: Run, report: Path) -> None:
    """The page of statistics, and what is said of drift and skew."""
    for name in (PAGE, FINDINGS):
        run.log_file("data", report / name)
    findings = from_json((report / FINDINGS).read_text(encoding="utf-8"))
    for kind in (DRIFT, SKEW):
        sentences = [finding.sentence for finding in findings if finding.kind == kind]
        run.set_tags({f"watch.{kind}": "\n".join(sentences) or "none"})
