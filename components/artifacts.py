"""The artifact types of our own components. Kubeflow asks for names like ``group.Type``."""

from tfx.types.artifact import Artifact


class CleaningReport(Artifact):
    """A folder with ``report.json``, ``report.md``, ``report.png`` and ``rejects.jsonl.gz``."""

    TYPE_NAME = "throughline.CleaningReport"


class SubwordModel(Artifact):
    """A folder with ``source.model`` and ``target.model``, SentencePiece models."""

    TYPE_NAME = "throughline.SubwordModel"


class TranslationEvaluation(Artifact):
    """A folder with ``evaluation.json`` and ``translations.jsonl`` of the test split."""

    TYPE_NAME = "throughline.TranslationEvaluation"


class Registration(Artifact):
    """A folder with ``registration.json``: the model's name and version in MLflow's registry."""

    TYPE_NAME = "throughline.Registration"


class WatchReport(Artifact):
    """A folder with ``statistics.html`` and ``findings.json`` of CorpusWatch."""

    TYPE_NAME = "throughline.WatchReport"
