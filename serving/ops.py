"""Which ops a SavedModel uses, and which of them the official TF Serving has not.

TF Serving links TensorFlow's own ops and those of TF-Text, nothing else; a graph with any other op
loads here, in the Python that made it, and fails there.
"""

from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework.graph_pb2 import GraphDef
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

# What TF-Text's `ops_lib` registers in all of TF Serving 2.13 to 2.20: the ops of its releases
# 2.12 to 2.20, without RoundRobinTrim, RoundRobinGenerateMasks and Utf8Binarize, which came later.
_TEXT_OPS = """
CaseFoldUTF8 ConstrainedSequence FastBertNormalize FastWordpieceTokenizeWithOffsets
FindSourceOffsets MaxSpanningTree NormalizeUTF8 NormalizeUTF8WithOffsetsMap PhraseTokenize
RegexSplitWithOffsets RougeL SentenceFragments SentenceFragmentsV2 SentencepieceDetokenizeOp
SentencepieceIdToStringOp SentencepieceOp SentencepieceStringToIdOp SentencepieceTokenizeOp
SentencepieceTokenizeWithOffsetsOp SentencepieceVocabSizeOp SplitMergeTokenizeWithOffsets
TFText>BoiseTagsToOffsets TFText>ByteSplitByOffsets TFText>ByteSplitWithOffsets
TFText>FastSentencepieceDetokenize TFText>FastSentencepieceTokenize
TFText>FastWordpieceDetokenize TFText>NgramsStringJoin TFText>OffsetsToBoiseTags
TFText>PhraseDetokenize TFText>WhitespaceTokenizeWithOffsetsV2 TokenizerFromLogits
UnicodeScriptTokenizeWithOffsets WhitespaceTokenizeWithOffsets WordpieceTokenizeWithOffsets
"""
TEXT_OPS = frozenset(_TEXT_OPS.split())
# Registered by TensorFlow, but they call back into the Python that made the graph.
PYTHON_OPS = frozenset({"EagerPyFunc", "PyFunc", "PyFuncStateless"})


def ops_of(folder: Path) -> frozenset[str]:
    """The names of all ops in a SavedModel's graphs and their function libraries.

    Args:
        folder: the SavedModel.
    """
    saved = SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    return frozenset().union(*(_ops_of_graph(meta.graph_def) for meta in saved.meta_graphs))


def foreign_ops(folder: Path) -> list[str]:
    """The ops of a SavedModel that the official TF Serving cannot run, in alphabetical order."""
    return sorted(ops_of(folder) - TEXT_OPS - (frozenset(dir(tf.raw_ops)) - PYTHON_OPS))


def _ops_of_graph(graph: GraphDef) -> frozenset[str]:
    nodes = [*graph.node, *(node for f in graph.library.function for node in f.node_def)]
    # A node may call a function of the library by its name.
    functions = {function.signature.name for function in graph.library.function}
    return frozenset(node.op for node in nodes) - functions
