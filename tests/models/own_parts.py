"""A cell and an attention as a user would write them, in the words of the documentation."""

from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "own-cells-and-attention.md"


def code_blocks(language: str) -> list[str]:
    """The document's fenced blocks of one language."""
    pieces = DOCUMENT.read_text(encoding="utf-8").split("```")
    return [
        block.removeprefix(language + "\n")
        for block in pieces[1::2]
        if block.startswith(language + "\n")
    ]


exec("\n".join(code_blocks("python")), globals())
