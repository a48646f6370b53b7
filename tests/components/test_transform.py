import sentencepiece
import tensorflow as tf

from components.transform import SUBWORDS, preprocessing_fn
from foundation.examples import SOURCE, SOURCE_IDS, TARGET, TARGET_IDS
from foundation.vocabulary import END
from tests.subword_models import SENTENCES, train_subwords


def test_each_side_is_tokenised_by_its_own_model(tmp_path):
    models = {"source": train_subwords(vocabulary=60), "target": train_subwords(vocabulary=90)}
    for side, model in models.items():
        (tmp_path / f"{side}.model").write_bytes(model)
    texts = tf.constant([[text] for text in SENTENCES])
    found = preprocessing_fn({SOURCE: texts, TARGET: texts}, {SUBWORDS: str(tmp_path)})
    for name, side in ((SOURCE_IDS, "source"), (TARGET_IDS, "target")):
        processor = sentencepiece.SentencePieceProcessor(model_proto=models[side])
        ids = tf.RaggedTensor.from_sparse(found[name]).to_list()
        assert ids == [[*processor.encode(text), END] for text in SENTENCES]
