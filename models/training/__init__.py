"""Training: one loop that knows nothing of the model, and the parts that it is given."""

from models.training.config import TrainingConfig
from models.training.interruption import Interrupted
from models.training.reports import Listener
from models.training.trainer import TrainingResult, train

__all__ = ["Interrupted", "Listener", "TrainingConfig", "TrainingResult", "train"]
