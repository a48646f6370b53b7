"""Pictures from plain arrays; nothing here knows of MLflow or TFX."""

from components.figures.attention import attention_map
from components.figures.gradients import decay_panels
from components.figures.lens import LayerView, lens_page

__all__ = ["LayerView", "attention_map", "decay_panels", "lens_page"]
