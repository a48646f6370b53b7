"""SubwordTrainer: examples in, SentencePiece models out."""

from itertools import chain
from pathlib import Path

from tfx import v1 as tfx
from tfx.types.standard_artifacts import Examples

from components.artifacts import SubwordModel
from components.pairs import read_pairs
from components.subwords import SubwordSettings, train_subwords


@tfx.dsl.components.component
def SubwordTrainer(  # noqa: N802 - a component is named like a class
    examples: tfx.dsl.components.InputArtifact[Examples],
    subwords: tfx.dsl.components.OutputArtifact[SubwordModel],
    settings: tfx.dsl.components.Parameter[str],
    code: tfx.dsl.components.Parameter[str],
) -> None:
    """Train one joint SentencePiece model, or one a side, on the training split.

    Args:
        examples: raw sentence pairs
        subwords: receives ``source.model`` and ``target.model``
        settings: SubwordSettings as JSON
        code: the fingerprint of this module
    """
    chosen = SubwordSettings.model_validate_json(settings)
    sources = (pair.source for pair in read_pairs(examples.uri, "train"))
    targets = (pair.target for pair in read_pairs(examples.uri, "train"))
    if chosen.joint:
        source_model = target_model = train_subwords(chain(sources, targets), chosen)
    else:
        source_model = train_subwords(sources, chosen)
        target_model = train_subwords(targets, chosen)
    folder = Path(subwords.uri)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.model").write_bytes(source_model)
    (folder / "target.model").write_bytes(target_model)
