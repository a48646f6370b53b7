"""The Transformer encoder-decoder, Vaswani et al. 2017."""

from models.transformer.decoder import TransformerDecoder
from models.transformer.encoder import TransformerEncoder

__all__ = ["TransformerDecoder", "TransformerEncoder"]
