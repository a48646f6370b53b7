"""Translating texts and files through a server, and choosing a server."""

import io
import sys
from pathlib import Path

import pytest

from foundation.errors import UserError
from serving import launch, translate
from serving.client import Client, Translation


class Pretended:
    """A client that turns texts to upper case, and may break after some batches."""

    def __init__(self, batches: int = 100, batch_size: int = 2):
        self.batches = batches
        self.batch_size = batch_size
        self.asked: list[str] = []

    def version(self) -> int:
        return 7

    def translate_batches(self, texts):
        for start in range(0, len(texts), self.batch_size):
            if not self.batches:
                raise UserError("No answer")
            self.batches -= 1
            batch = texts[start : start + self.batch_size]
            self.asked.extend(batch)
            yield [Translation(text.upper(), 0.0) for text in batch]


@pytest.fixture
def text_file(tmp_path) -> Path:
    path = tmp_path / "in.txt"
    path.write_text("a\nb\n\nd\né\n", "utf-8")
    return path


def test_a_file_is_translated_in_order(text_file, tmp_path):
    output = io.StringIO()
    translate.translate_file(Pretended(), text_file, tmp_path / "journal", output)
    assert output.getvalue() == "A\nB\n\nD\nÉ\n"
    assert list((tmp_path / "journal").iterdir()) == []


def test_an_interrupted_file_goes_on_where_it_stopped(text_file, tmp_path):
    journal = tmp_path / "journal"
    with pytest.raises(UserError, match="No answer"):
        translate.translate_file(Pretended(batches=2), text_file, journal, io.StringIO())
    (kept,) = journal.iterdir()
    with kept.open("a") as cut_short:
        cut_short.write("cut sho")
    output, client = io.StringIO(), Pretended()
    translate.translate_file(client, text_file, journal, output)
    assert client.asked == ["é"]
    assert output.getvalue() == "A\nB\n\nD\nÉ\n"


def test_another_text_or_version_starts_afresh(text_file, tmp_path):
    journal = tmp_path / "journal"
    with pytest.raises(UserError):
        translate.translate_file(Pretended(batches=1), text_file, journal, io.StringIO())
    client = Pretended()
    client.version = lambda: 8
    translate.translate_file(client, text_file, journal, io.StringIO())
    assert client.asked == ["a", "b", "", "d", "é"]


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    for content, message in ((None, "Cannot read"), (b"a\xff", "is not UTF-8 at byte 1")):
        path = tmp_path / "in.txt"
        if content:
            path.write_bytes(content)
        with pytest.raises(UserError, match=message):
            translate.translate_file(Pretended(), path, tmp_path, io.StringIO())


def test_the_command_line_asks_the_server(server, text_file, tmp_path, capsys):
    common = ["--address", server.rest_address, "--model", "toy", "--journal", str(tmp_path / "j")]
    assert translate.main(["--text", "the dog", *common]) == 0
    assert capsys.readouterr().out == "THE DOG\n"
    assert translate.main(["--file", str(text_file), "--batch_size", "2", *common]) == 0
    assert capsys.readouterr().out == "A\nB\n\nD\nÉ\n"


def test_without_a_server_and_without_a_model_it_says_so(tmp_path, capsys):
    arguments = ["--text", "a", "--address", "http://127.0.0.1:9"]
    assert translate.main([*arguments, "--model_base_path", str(tmp_path / "none")]) == 1
    assert "train one with `make run`" in capsys.readouterr().err


def test_without_a_server_the_embedded_one_is_started_for_the_time(toy_base, capsys):
    arguments = ["--text", "the dog", "--model", "toy", "--address", "http://127.0.0.1:9"]
    assert translate.main([*arguments, "--model_base_path", str(toy_base)]) == 0
    captured = capsys.readouterr()
    assert captured.out == "THE DOG\n"
    assert "starting one for this" in captured.err


def choose(flags=("--enable_batching",)) -> launch.Launch:
    return launch.choose("translator", Path("/models/t"), 8500, 8501, list(flags))


def test_the_real_server_on_path_is_chosen_first(tmp_path, monkeypatch):
    binary = tmp_path / launch.BINARY
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    chosen = choose()
    assert chosen.command == [
        str(binary),
        "--port=8500",
        "--rest_api_port=8501",
        "--model_name=translator",
        "--model_base_path=/models/t",
        "--enable_batching",
    ]
    assert "real TF Serving" in chosen.says


def docker(folder: Path, exit_code: int) -> None:
    command = folder / "docker"
    command.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    command.chmod(0o755)


def test_docker_is_chosen_where_an_engine_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    docker(tmp_path, 0)
    command = choose().command
    assert command[:3] == [str(tmp_path / "docker"), "run", "--rm"]
    assert "type=bind,source=/models/t,target=/models/translator,readonly" in command
    assert command[-2:] == [launch.IMAGE, "--enable_batching"]
    docker(tmp_path, 1)
    assert choose().command[:3] == [sys.executable, "-m", "serving.server"]


def test_the_embedded_server_is_the_last_choice(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    chosen = choose()
    assert chosen.command[:3] == [sys.executable, "-m", "serving.server"]
    assert "embedded server" in chosen.says


def test_nothing_to_serve_is_one_sentence(tmp_path):
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(SystemExit, match="make run"):
            launch.main(["--model_base_path", str(folder)])


def test_a_client_can_be_closed_twice(server):
    client = Client(server.rest_address, "toy")
    client.close()
    client.close()
