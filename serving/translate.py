"""`python -m serving.translate`: translates a text, or a file line by line, through a server.

Where no server answers at the address, the embedded one is started for the time of the
translation. A file's finished lines are kept in a journal, so that an interrupted run goes on
where it stopped.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from tqdm import tqdm

from foundation.errors import UserError
from serving.client import Client
from serving.process import ServerProcess, answers


def translate_text(client: Client, text: str, output: TextIO) -> None:
    """Writes the translation of one text."""
    output.write(f"{client.translate([text])[0].text}\n")


def translate_file(client: Client, file: Path, journal_folder: Path, output: TextIO) -> None:
    """Writes the translation of every line, in order.

    Args:
        client: reaches the server.
        file: UTF-8 text.
        journal_folder: where the finished lines are kept until all are done; the journal's name
            holds the text's digest and the model's version, so another text starts afresh.
        output: where the translations go.

    Raises:
        UserError: for a file that cannot be read, and where the server fails.
    """
    lines = _read_lines(file)
    journal = journal_folder / f"{_digest(lines)}-{client.version()}.txt"
    journal_folder.mkdir(parents=True, exist_ok=True)
    done = _finished_lines(journal)
    output.writelines(f"{line}\n" for line in done)
    with (
        journal.open("a", encoding="utf-8") as kept,
        tqdm(total=len(lines), initial=len(done), unit="line", file=sys.stderr) as progress,
    ):
        for batch in client.translate_batches(lines[len(done) :]):
            text = "".join(f"{_one_line(translation.text)}\n" for translation in batch)
            for target in (kept, output):
                target.write(text)
                target.flush()
            progress.update(len(batch))
    journal.unlink()


def _read_lines(file: Path) -> list[str]:
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise UserError(f"Cannot read {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8 at byte {error.start}: convert it first.") from error
    return text.removesuffix("\n").split("\n") if text else []


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _finished_lines(journal: Path) -> list[str]:
    """The journal's whole lines; a last one that was cut short is taken off the file."""
    if not journal.exists():
        return []
    text = journal.read_text("utf-8", errors="replace")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        journal.write_text(whole, "utf-8")
    return whole.split("\n")[:-1]


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


@contextmanager
def _server(address: str, model: str, base_path: Path | None) -> Iterator[str]:
    """An address that answers: the one given, or that of an embedded server."""
    parts = urlsplit(address)
    if base_path is None or answers(parts.hostname or "", parts.port or 80):
        yield address
        return
    if not base_path.is_dir():
        raise UserError(
            f"No server answers at {address}, and there is no model in {base_path}: train one"
            " with `make run`, or start a server with `make serve`."
        )
    print(f"No server answers at {address}: starting one for this.", file=sys.stderr)
    with ServerProcess(base_path, model) as server:
        yield server.rest_address


def main(arguments: Sequence[str]) -> int:
    """The command line; the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m serving.translate", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--text", help="one text to translate")
    source.add_argument("--file", type=Path, help="a UTF-8 file, translated line by line")
    parser.add_argument("--address", default="http://127.0.0.1:8501", help="http:// or grpc://")
    parser.add_argument("--model", default="translator", help="the model's name")
    parser.add_argument("--model_base_path", type=Path, help="to serve where nobody answers")
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--journal", type=Path, default=Path("runs") / "translations")
    flags = parser.parse_args(arguments)
    try:
        with (
            _server(flags.address, flags.model, flags.model_base_path) as address,
            Client(address, flags.model, batch_size=flags.batch_size) as client,
        ):
            if flags.file:
                translate_file(client, flags.file, flags.journal, sys.stdout)
            else:
                translate_text(client, flags.text, sys.stdout)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
