"""The special ids, the same in every vocabulary."""

PAD = 0
UNKNOWN = 1
BEGIN = 2
END = 3
