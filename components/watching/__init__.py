"""What a corpus is made of, in numbers: measured, held to limits, compared, shown on a page."""
