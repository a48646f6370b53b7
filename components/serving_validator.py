"""ServingValidator: does the server answer what was trained?

The exported model may hold no op that the official TF Serving has not. It is started in the
embedded server, in a process of its own that knows nothing of Keras or this pipeline, and asked
over REST and gRPC. Its answers must equal those of the exported graph called in this process.
"""

import json
import tempfile
from pathlib import Path
from typing import NamedTuple

from tfx import v1 as tfx
from tfx.types.standard_artifacts import Examples, InfraBlessing, Model
from tfx.utils import path_utils

from components.exported import ExportedTranslator
from components.pairs import read_pairs
from foundation.console import say
from serving.client import Client
from serving.ops import foreign_ops
from serving.process import ServerProcess

# Beside real sentences: nothing, white space, other scripts, emoji, a very long line.
UNUSUAL = ("", "   ", "👋🏽", "مرحبا", "x" * 2000)
SENTENCES = 32


class Difference(NamedTuple):
    """A text that the server translated otherwise than the exported graph."""

    text: str
    transport: str
    expected: str
    served: str


@tfx.dsl.components.component
def ServingValidator(  # noqa: N802 - a component is named like a class
    examples: tfx.dsl.components.InputArtifact[Examples],
    model: tfx.dsl.components.InputArtifact[Model],
    blessing: tfx.dsl.components.OutputArtifact[InfraBlessing],
    code: tfx.dsl.components.Parameter[str],
    infra: tfx.dsl.components.InputArtifact[InfraBlessing] = None,
) -> None:
    """Check the model's ops, serve it, compare answers; bless it when all is as it should be.

    Args:
        examples: raw sentence pairs; the validation split's first ones are asked
        model: the exported model
        blessing: receives the verdict, the ops that TF Serving has not, and the differences
        code: the fingerprint of this module
        infra: the verdict of TFX's InfraValidator, where it takes part
    """
    pairs = read_pairs(examples.uri, "validation")
    texts = [pair.source for pair, _ in zip(pairs, range(SENTENCES), strict=False)] + list(UNUSUAL)
    saved_model = Path(path_utils.serving_model_path(model.uri))
    foreign = foreign_ops(saved_model)
    differences = compare(saved_model, texts)

    refused = infra is not None and not infra.get_int_custom_property("blessed")
    blessed = not (foreign or differences or refused)
    _write(Path(blessing.uri), blessed, foreign, differences)
    # What TFX's Pusher and its resolvers look at.
    blessing.set_int_custom_property("blessed", int(blessed))
    blessing.set_int_custom_property("has_model", 0)
    word = f"{len(differences)} differ" if differences else "equal"
    say(f"  served over REST and gRPC, {len(texts)} texts: {word}")
    if foreign:
        say(f"  not blessed: TF Serving has no {', '.join(foreign)}, which the export uses")
    if refused:
        say("  not blessed: InfraValidator's TF Serving did not load the model or did not answer")


def _write(folder: Path, blessed: bool, foreign: list[str], differences: list[Difference]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ("INFRA_BLESSED" if blessed else "INFRA_NOT_BLESSED")).write_text("")
    report = {
        "foreign_ops": foreign,
        "differences": [difference._asdict() for difference in differences],
    }
    (folder / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False))


def compare(saved_model: Path, texts: list[str]) -> list[Difference]:
    """Ask a real server and the graph in this process; return where they differ.

    Each text is sent alone, so that no padding by neighbours can hide or cause a difference.
    """
    in_process = ExportedTranslator(saved_model)
    expected = [in_process.translate([text])[0] for text in texts]
    differences = []
    with tempfile.TemporaryDirectory() as base:
        Path(base, "1").symlink_to(saved_model.resolve(), target_is_directory=True)
        with ServerProcess(Path(base), "translator") as server:
            for transport, address in (("REST", server.rest_address), ("gRPC", server.rpc_address)):
                with Client(address, "translator") as client:
                    served = [client.translate([text])[0].text for text in texts]
                differences += [
                    Difference(text, transport, wanted, got)
                    for text, wanted, got in zip(texts, expected, served, strict=True)
                    if wanted != got
                ]
    return differences
