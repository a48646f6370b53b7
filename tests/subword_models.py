"""Small SentencePiece models for tests."""

import io

import sentencepiece

from foundation.vocabulary import BEGIN, END, PAD, UNKNOWN

SENTENCES = [
    "der kleine Hund schläft im Garten",
    "die große Katze läuft über die Straße",
    "das Haus ist am Montag um halb acht leer",
    "einundzwanzig Äpfel liegen auf dem Tisch",
]


def train_subwords(kind: str = "unigram", vocabulary: int = 90, **options) -> bytes:
    """A serialised model with the project's special ids, trained on SENTENCES."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 20),
        model_writer=model,
        model_type=kind,
        vocab_size=vocabulary,
        hard_vocab_limit=False,
        minloglevel=2,
        pad_id=PAD,
        unk_id=UNKNOWN,
        bos_id=BEGIN,
        eos_id=END,
        **options,
    )
    return model.getvalue()
