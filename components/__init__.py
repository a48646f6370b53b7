"""The TFX components, thin: their work is in models/, corpora/ and plain functions."""
