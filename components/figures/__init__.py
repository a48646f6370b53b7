"""Pictures from plain arrays; nothing here knows of MLflow or TFX."""

from components.figures.attention import attention_map
from components.figures.by_length import bleu_by_length_chart
from components.figures.exposure import ExposureView, exposure_chart
from components.figures.gradients import decay_panels
from components.figures.lens import LayerView, lens_page

__all__ = [
    "ExposureView",
    "LayerView",
    "attention_map",
    "bleu_by_length_chart",
    "decay_panels",
    "exposure_chart",
    "lens_page",
]
