"""The feature names of a sentence pair, before and after tokenisation.

A pair is a ``tf.train.Example`` with one UTF-8 string in each of SOURCE, TARGET and CORPUS.
A transformed pair holds int64 lists in SOURCE_IDS and TARGET_IDS: the pieces' ids, then END.
"""

SOURCE = "source"
TARGET = "target"
CORPUS = "corpus"
SOURCE_IDS = "source_ids"
TARGET_IDS = "target_ids"
