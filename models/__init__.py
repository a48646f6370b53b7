"""The mathematics: recurrence, attention, translators, decoding, training, gradient analysis."""
