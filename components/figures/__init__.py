"""Pictures from plain arrays; nothing here knows of MLflow or TFX."""

from components.figures.attention import attention_map

__all__ = ["attention_map"]
