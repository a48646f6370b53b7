"""Export and serving of translators, compatible with TF Serving."""
