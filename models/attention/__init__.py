"""Attention from a decoder's states to the source's positions."""

from models.attention.additive import AdditiveAttention, ConcatAttention
from models.attention.attention import Attention
from models.attention.multi_head import MultiHeadAttention
from models.attention.multiplicative import DotAttention, GeneralAttention, ScaledDotAttention
from models.attention.plain import PlainContext
from models.registry import Registry

attentions = Registry(
    "attention",
    Attention,
    {
        "none": PlainContext,
        "additive": AdditiveAttention,
        "dot": DotAttention,
        "general": GeneralAttention,
        "concat": ConcatAttention,
        "scaled_dot": ScaledDotAttention,
        "multi_head": MultiHeadAttention,
    },
)

__all__ = ["Attention", "attentions"]
