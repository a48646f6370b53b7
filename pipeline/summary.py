"""The closing words of a run: how good, where, and what to type next."""

import json
from collections.abc import Sequence
from pathlib import Path

from components.corpus_watch import PAGE
from components.tracking import RUN_ID
from foundation.console import say
from pipeline.history import newest_output, was_cached
from pipeline.paths import Paths


def summarise(nodes: Sequence[str], config_file: Path, paths: Paths, seconds: float) -> None:
    """Print the summary of the run that has just ended.

    Args:
        nodes: the ids of the components that ran
        config_file: what the next commands have to name
        paths: the folders of the pipeline
        seconds: how long it took
    """
    cached = [node for node in nodes if was_cached(paths.metadata, node)]
    evaluation = newest_output(paths.metadata, "TranslationEvaluator", "evaluation")
    scores = json.loads(Path(evaluation.uri, "evaluation.json").read_text())
    model = newest_output(paths.metadata, "Trainer", "model")
    watched = newest_output(paths.metadata, "CorpusWatch", "report")
    pushed = newest_output(paths.metadata, "Pusher", "pushed_model").properties
    option = "" if config_file == Path("configs/sample.yaml") else f" CONFIG={config_file}"

    say()
    say(f"finished in {_clock(seconds)}; {_cached_words(cached, len(nodes))}")
    say(f"  BLEU {scores['bleu']:5.1f}   {scores['bleu_signature']}")
    say(f"  chrF {scores['chrf']:5.1f}   {scores['chrf_signature']}")
    say(f"  BLEU {scores['moses_bleu']:5.1f}   {scores['moses_bleu_signature']}")
    say(f"  {scores['sentences']} test sentences; {scores['reason']}")
    if pushed.get("pushed") == 1:
        say(f"  model   {_near(Path(str(pushed['pushed_destination'])))}")
    else:
        say("  model   not pushed: what is served stays as it was")
    say(f"  corpus  {_near(Path(watched.uri, PAGE))}")
    say(f"  MLflow  run {model.properties[RUN_ID]}")
    say()
    say(f"  make serve{option}")
    say(f'  make translate{option} TEXT="…"')
    say("  make ui")


def _cached_words(cached: list[str], total: int) -> str:
    if len(cached) == total:
        return "all cached"
    if not cached:
        return "nothing was cached"
    return f"{len(cached)} of {total} cached: {', '.join(cached)}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _near(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
