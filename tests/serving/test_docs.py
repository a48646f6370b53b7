"""What docs/serving.md shows, run: its curl, buf and grpcurl lines, and its scripts."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import grpc
import pytest
from google.protobuf import json_format, message_factory

from serving.export import export
from serving.protoset import protoset
from tests.serving.echo import PhraseBook
from tests.serving.local import LocalServer

PAGE = (Path(__file__).parents[2] / "docs" / "serving.md").read_text()
PHRASES = {
    "The small dog is sleeping.": [
        "Der kleine Hund schläft.",
        "Der kleine Hund schläft,.",
        "Der kleine Hund schläft schläft.",
        "Der kleine Hund schläft ein.",
    ],
    "My sister cannot find the key.": ["Meine Schwester kann den Schlüssel nicht finden."] * 4,
    "The dog sleeps.": ["Der Hund schläft."] * 4,
}
PIECES = (
    ["▁The", "▁dog", "▁sleeps", ".", "</s>"],
    ["▁D", "er", "▁Hund", "▁schläft", ".", "</s>"],
)


class Shown(NamedTuple):
    """A command and the JSON that the page shows below it; "" where it shows none."""

    command: str
    answer: str


def blocks(language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [text for named, text in fenced if named == language]


def commands(program: str) -> list[Shown]:
    """The commands of a program that the page marks with `$`."""
    parts = [part for block in blocks("") for part in re.split(r"^\$ ", block, flags=re.M)[1:]]
    found = [re.fullmatch(r"((?:[^\n]*\\\n)*[^\n]*\n)(.*)", part, re.DOTALL) for part in parts]
    shown = [Shown(match[1], match[2].strip()) for match in found]
    return [one for one in shown if one.command.startswith(program)]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A function that puts the ports of a server with the page's phrases into a text."""
    base = tmp_path_factory.mktemp("docs")
    (version,) = set(re.findall(r"versions/(\d+)", PAGE))
    export(PhraseBook(PHRASES, PIECES), base / version, {})
    with LocalServer(base, "translator") as server:
        ports = {"8501": server.rest_port, "8500": server.rpc_port}
        yield lambda text: re.sub(
            r"127\.0\.0\.1:(8500|8501)", lambda m: f"127.0.0.1:{ports[m[1]]}", text
        )


def fits(shown: object, answer: object) -> bool:
    """Equal, but for … and for fractions, which depend on the model."""
    if shown == "…":
        return True
    if isinstance(shown, float):
        return isinstance(answer, float)
    if isinstance(shown, dict):
        return (
            isinstance(answer, dict)
            and shown.keys() == answer.keys()
            and all(fits(shown[key], answer[key]) for key in shown)
        )
    if isinstance(shown, list):
        return len(shown) == len(answer) and all(map(fits, shown, answer))
    return shown == answer


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
@pytest.mark.parametrize(
    "shown", commands("curl"), ids=lambda one: one.command.split("/v1")[-1].strip()
)
def test_a_curl_line_gives_what_the_page_shows(here, shown):
    done = subprocess.run(["bash", "-c", here(shown.command)], capture_output=True, check=True)
    answer = json.loads(done.stdout)
    assert fits(json.loads(shown.answer), answer), answer


def test_the_page_shows_curl_lines_and_scripts():
    assert len(commands("curl")) >= 7
    assert len(commands("buf")) == 2
    assert len(commands("grpcurl")) == 2
    assert len(blocks("python")) == 2


@pytest.mark.parametrize("script", blocks("python"), ids=["client", "messages"])
def test_a_script_prints_the_translation(here, capsys, script):
    exec(compile(here(script), "docs/serving.md", "exec"), {})
    assert capsys.readouterr().out == "Der kleine Hund schläft.\n"


def missing(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        not shutil.which(program), reason=f"{program}, a gRPC client, is not on PATH"
    )


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(shown, marks=missing(program), id=f"{program}-{number}")
        for program in ("buf", "grpcurl")
        for number, shown in enumerate(commands(program))
    ],
)
def test_a_grpc_line_gives_what_the_page_shows(here, tmp_path, shown):
    descriptions = tmp_path / "services.binpb"
    descriptions.write_bytes(protoset().SerializeToString())
    command = here(shown.command).replace("runs/tensorflow_serving.binpb", str(descriptions))
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    answer = json.loads(done.stdout)
    assert fits(json.loads(shown.answer), answer), answer


def test_the_descriptions_are_all_that_a_client_needs(here):
    """Does what grpcurl does: JSON to a message by the descriptions alone, sent to the method."""
    shown = commands("grpcurl")[0]
    *_, body, address, name = shlex.split(here(shown.command).replace("\\\n", ""))
    files = protoset().file
    messages = message_factory.GetMessages(files)
    (method,) = (
        method
        for file in files
        for service in file.service
        for method in service.method
        if f"{file.package}.{service.name}/{method.name}" == name
    )
    request = json_format.Parse(body, messages[method.input_type.lstrip(".")]())
    with grpc.insecure_channel(address) as channel:
        call = channel.unary_unary(
            f"/{name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=messages[method.output_type.lstrip(".")].FromString,
        )
        answer = call(request, timeout=20)
    assert answer.outputs["translation"].string_val[0].decode() == "Der kleine Hund schläft."
