"""Pictures from plain arrays; nothing here knows of MLflow or TFX."""

from components.figures.attention import attention_map
from components.figures.gradients import decay_lines, decay_panels, gradient_map

__all__ = ["attention_map", "decay_lines", "decay_panels", "gradient_map"]
