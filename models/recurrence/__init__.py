"""The recurrent core: cells as pure functions, run over time with a gradient written by hand."""

from models.recurrence.cell import AnalyticCell, Blocks, Cell
from models.recurrence.cells import cells
from models.recurrence.layer import Recurrent
from models.recurrence.scan import scan

__all__ = ["AnalyticCell", "Blocks", "Cell", "Recurrent", "cells", "scan"]
