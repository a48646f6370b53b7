"""Size, BLEU and speed of an export whose weights are stored as bfloat16 or int8, against float32.

    python -m benchmarks.export_weights [--run FOLDER] [--quick]

The newest float32 export of a run is written again with each precision. Every export is loaded
and translates the run's test split in batches, all of them in turn, round by round.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, get_args

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf

from benchmarks.measure import interleave
from components.blessing import newest_version
from components.evaluation import corpus_scores, translate_in_batches
from components.exported import ExportedTranslator
from models.config import TranslatorSpec
from models.decoding import DecodingConfig, build_search
from models.stored_weights import Precision
from models.text_translator import SubwordPair, TextTranslator
from models.translator import build_translator
from serving.export import INFORMATION, export

_PRECISIONS = get_args(Precision)
_MAXIMUM_SOURCE_LENGTH = 128


class Test(NamedTuple):
    """The test split of a run."""

    sources: list[str]
    references: list[str]


def main() -> None:
    """Prints a line for each precision."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.export_weights")
    parser.add_argument("--run", type=Path, default=Path("runs/sample"), help="its folder")
    parser.add_argument("--quick", action="store_true", help="few rounds")
    flags = parser.parse_args()
    test = _test_split(flags.run)
    with tempfile.TemporaryDirectory() as directory:
        folders = [Path(directory, precision) for precision in _PRECISIONS]
        for precision, folder in zip(_PRECISIONS, folders, strict=True):
            _write_again(flags.run, precision, folder)
        translators = [ExportedTranslator(folder) for folder in folders]
        sizes = [_megabytes(folder) for folder in folders]
    outputs = [translate_in_batches(t.translate, test.sources) for t in translators]
    passes: list[Callable[[], object]] = [
        lambda t=translator: translate_in_batches(t.translate, test.sources)
        for translator in translators
    ]
    times = interleave(passes, rounds=3 if flags.quick else 9, warm_up=0)

    print(f"{len(test.sources)} sentences; speed against float32 in the same rounds")
    print(f"{'weights':<10}{'MB':>7}{'BLEU':>8}{'equal':>8}{'sentences/s':>13}{'speed':>14}")
    for i, precision in enumerate(_PRECISIONS):
        bleu = corpus_scores(outputs[i], test.references).bleu
        equal = sum(map(str.__eq__, outputs[i], outputs[0])) / len(test.sources)
        speed, noise = times.ratio(i, 0)
        print(f"{precision:<10}{sizes[i]:>7.1f}{bleu:>8.1f}{equal:>8.1%}", end="")
        print(f"{len(test.sources) / times.median(i):>13.0f}{speed:>8.2f} ± {noise:.2f}")


def _write_again(run: Path, precision: Precision, folder: Path) -> None:
    """The run's newest export once more, with its weights stored otherwise."""
    exported = _newest(run / "serving" / "translator")
    information = json.loads((exported / "assets.extra" / INFORMATION).read_text())
    if information.get("precision") != "float32":
        raise SystemExit(f"{exported} holds no float32 weights: export them with `make run`.")
    translator = build_translator(TranslatorSpec.model_validate(information["spec"]))
    weights = tf.train.load_checkpoint(str(exported / "variables" / "variables"))
    for i, variable in enumerate(translator.variables):
        name = f"_text_translator/_weights/_values/{i}/.ATTRIBUTES/VARIABLE_VALUE"
        variable.assign(weights.get_tensor(name))
    subwords = _newest(run / "pipeline" / "SubwordTrainer" / "subwords")
    pair = SubwordPair(
        *((subwords / f"{side}.model").read_bytes() for side in ("source", "target"))
    )
    search = build_search(DecodingConfig.model_validate(information["decoding"]))
    export(
        TextTranslator(translator, search, pair, _MAXIMUM_SOURCE_LENGTH, precision),
        folder,
        information,
    )


def _test_split(run: Path) -> Test:
    evaluation = _newest(run / "pipeline" / "TranslationEvaluator" / "evaluation")
    with (evaluation / "translations.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return Test([row["source"] for row in rows], [row["reference"] for row in rows])


def _newest(folder: Path) -> Path:
    newest = newest_version(folder)
    if newest is None:
        raise SystemExit(f"Nothing lies in {folder}: make a float32 model with `make run`.")
    return newest


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main()
