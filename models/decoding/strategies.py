"""From the configuration to the strategy."""

from models.decoding.beam import BeamSearch
from models.decoding.config import DecodingConfig
from models.decoding.greedy import GreedySearch
from models.decoding.hypotheses import Search
from models.decoding.sampling import SamplingSearch

_STRATEGIES = {"greedy": GreedySearch, "beam": BeamSearch, "sampling": SamplingSearch}


def build_search(config: DecodingConfig) -> Search:
    """The search that the configuration describes."""
    return _STRATEGIES[config.strategy](config)
