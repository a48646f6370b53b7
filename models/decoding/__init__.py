"""Decoding in the graph: strategies behind one interface, from source ids to hypotheses."""

from models.decoding.config import DecodingConfig
from models.decoding.hypotheses import Hypotheses, Search, Translator
from models.decoding.rescore import rescore
from models.decoding.strategies import build_search

__all__ = ["DecodingConfig", "Hypotheses", "Search", "Translator", "build_search", "rescore"]
