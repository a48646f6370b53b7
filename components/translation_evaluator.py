"""TranslationEvaluator: is the new model good enough to be served?

The test split is translated by the exported graph itself. The candidate is blessed when it
beats the model that is being served by a margin, or, where none is served, reaches a floor.
"""

import json
from pathlib import Path
from typing import Any

from tfx import v1 as tfx
from tfx.types.standard_artifacts import Examples, Model, ModelBlessing
from tfx.utils import path_utils

from components.artifacts import TranslationEvaluation
from components.blessing import EvaluationSettings, Verdict, judge, newest_version
from components.by_length import bleu_by_length
from components.evaluation import (
    Scores,
    corpus_scores,
    moses_bleu,
    sentence_chrf,
    translate_in_batches,
)
from components.exported import ExportedTranslator
from components.figures import bleu_by_length_chart
from components.pairs import TextPair, read_pairs
from components.tracking import RUN_ID, Run
from foundation.console import say


@tfx.dsl.components.component
def TranslationEvaluator(  # noqa: N802 - a component is named like a class
    examples: tfx.dsl.components.InputArtifact[Examples],
    model: tfx.dsl.components.InputArtifact[Model],
    evaluation: tfx.dsl.components.OutputArtifact[TranslationEvaluation],
    blessing: tfx.dsl.components.OutputArtifact[ModelBlessing],
    settings: tfx.dsl.components.Parameter[str],
    language: tfx.dsl.components.Parameter[str],
    served: tfx.dsl.components.Parameter[str],
    code: tfx.dsl.components.Parameter[str],
) -> None:
    """Score the test split and bless the model or not.

    Args:
        examples: raw sentence pairs
        model: the exported model
        evaluation: receives scores and translations
        blessing: receives the verdict
        settings: EvaluationSettings as JSON
        language: of the target side
        served: the folder of pushed versions; the newest is the one to beat. Its content is
            no part of the cache key: a push does not make an unchanged model be judged again.
        code: the fingerprint of this module
    """
    pairs = list(read_pairs(examples.uri, "test"))
    outputs, scores = _score(Path(path_utils.serving_model_path(model.uri)), pairs)
    tokenised = moses_bleu(outputs, [pair.target for pair in pairs], language)
    rival = newest_version(Path(served))
    rival_bleu = _score(rival, pairs)[1].bleu if rival else None
    verdict = judge(scores.bleu, rival_bleu, EvaluationSettings.model_validate_json(settings))

    record = {**scores._asdict(), **tokenised._asdict(), **verdict._asdict()}
    by_length = bleu_by_length(pairs, outputs)
    record |= {"sentences": len(pairs), "by_length": [s._asdict() for s in by_length]}
    record |= {"served": str(rival) if rival else None, "served_bleu": rival_bleu}
    _write(Path(evaluation.uri), record, pairs, outputs)
    _write_blessing(blessing, verdict)
    with Run.require(model.get_string_custom_property(RUN_ID)) as run:
        run.log_metrics(
            {
                "test_bleu": scores.bleu,
                "test_chrf": scores.chrf,
                "test_moses_bleu": tokenised.moses_bleu,
            }
        )
        run.log_json("evaluation/test.json", record)
        run.log_figure("evaluation/by-length.png", bleu_by_length_chart({"this model": by_length}))
        run.set_tags({"blessed": str(verdict.blessed), "verdict": verdict.reason})
    say(f"  {'blessed' if verdict.blessed else 'not blessed'}: {verdict.reason}")


def _score(folder: Path, pairs: list[TextPair]) -> tuple[list[str], Scores]:
    translator = ExportedTranslator(folder)
    outputs = translate_in_batches(translator.translate, [pair.source for pair in pairs])
    return outputs, corpus_scores(outputs, [pair.target for pair in pairs])


def _write(folder: Path, record: dict[str, Any], pairs: list[TextPair], outputs: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.json").write_text(json.dumps(record, indent=2, ensure_ascii=False))
    with (folder / "translations.jsonl").open("w", encoding="utf-8") as file:
        for pair, output in zip(pairs, outputs, strict=True):
            row = {
                "source": pair.source,
                "reference": pair.target,
                "output": output,
                "chrf": round(sentence_chrf(output, pair.target), 2),
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write_blessing(blessing: ModelBlessing, verdict: Verdict) -> None:
    folder = Path(blessing.uri)
    folder.mkdir(parents=True, exist_ok=True)
    # The file name and the property are what TFX's Pusher and its resolvers look at.
    (folder / ("BLESSED" if verdict.blessed else "NOT_BLESSED")).write_text(verdict.reason)
    blessing.set_int_custom_property("blessed", int(verdict.blessed))
    blessing.set_string_custom_property("reason", verdict.reason)
