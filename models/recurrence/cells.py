"""The cells by name."""

from models.recurrence.cell import Cell
from models.recurrence.gru import GRUCell
from models.recurrence.lstm import LSTMCell
from models.recurrence.simple import SimpleCell
from models.registry import Registry

cells = Registry("cell", Cell, {"simple": SimpleCell, "lstm": LSTMCell, "gru": GRUCell})
