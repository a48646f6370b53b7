"""Files from the web, from a server on this machine."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from corpora import fetch as fetch_module
from corpora.config import Remote
from corpora.fetch import fetch
from foundation.errors import UserError

CONTENT = bytes(range(256)) * 5000
SUM = hashlib.sha256(CONTENT).hexdigest()


class Server(HTTPServer):
    """Serves CONTENT; ``break_after`` bytes the first answers break off."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str] = []
        self.break_after: list[int] = []
        self.status = 200

    def remote(self, sha256: str = SUM, name: str = "corpus.gz") -> Remote:
        return Remote(url=f"http://127.0.0.1:{self.server_port}/data/{name}", sha256=sha256)


class Handler(BaseHTTPRequestHandler):
    """Answers with all of CONTENT, or with its rest where a range is asked for."""

    def do_GET(self):
        asked = self.headers.get("Range", "")
        self.server.requests.append(asked)
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        body = CONTENT[start:]
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.break_after:
            body = body[: self.server.break_after.pop(0)]
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(fetch_module.time, "sleep", lambda _: None)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_downloaded_once(server, tmp_path):
    path = fetch(server.remote(), tmp_path)
    assert path.read_bytes() == CONTENT
    assert path.name == "corpus.gz"
    assert fetch(server.remote(), tmp_path) == path
    assert server.requests == [""]


def test_a_broken_download_is_resumed(server, tmp_path):
    server.break_after = [1000, 500]
    assert fetch(server.remote(), tmp_path).read_bytes() == CONTENT
    assert server.requests == ["", "bytes=1000-", "bytes=1500-"]


def test_an_interrupted_run_is_resumed_by_the_next(server, tmp_path):
    partial = tmp_path / SUM[:16] / "corpus.gz.partial"
    partial.parent.mkdir()
    partial.write_bytes(CONTENT[:7000])
    assert fetch(server.remote(), tmp_path).read_bytes() == CONTENT
    assert server.requests == ["bytes=7000-"]


def test_a_complete_partial_file_is_taken(server, tmp_path):
    partial = tmp_path / SUM[:16] / "corpus.gz.partial"
    partial.parent.mkdir()
    partial.write_bytes(CONTENT)
    assert fetch(server.remote(), tmp_path).read_bytes() == CONTENT


def test_a_wrong_sum_leaves_nothing(server, tmp_path):
    wrong = "0" * 64
    with pytest.raises(UserError, match=f"has the SHA-256 {SUM}, not {wrong}"):
        fetch(server.remote(wrong), tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_in_the_cache_that_has_changed(server, tmp_path):
    path = fetch(server.remote(), tmp_path)
    path.write_bytes(b"other")
    with pytest.raises(UserError, match="delete it and run again"):
        fetch(server.remote(), tmp_path)


def test_the_users_own_copy_is_taken_and_checked(server, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "corpus.gz").write_bytes(CONTENT)
    assert fetch(server.remote(), tmp_path, folder) == folder / "corpus.gz"
    (folder / "corpus.gz").write_bytes(CONTENT[:-1])
    with pytest.raises(UserError, match=r"mine/corpus\.gz has the SHA-256"):
        fetch(server.remote(), tmp_path, folder)
    assert server.requests == []


def test_a_missing_file_on_the_server(server, tmp_path):
    server.status = 404
    with pytest.raises(UserError, match="the server answers 404 Not Found"):
        fetch(server.remote(), tmp_path)
    assert len(server.requests) == 1


def test_a_server_that_fails(server, tmp_path):
    server.status = 503
    with pytest.raises(UserError, match="503"):
        fetch(server.remote(), tmp_path)
    assert len(server.requests) > 1


def test_no_network(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(fetch_module.time, "sleep", lambda _: None)
    with Server() as server:
        remote = server.remote()
    with pytest.raises(UserError, match=r"cannot be downloaded .*CORPUS_DIR"):
        fetch(remote, tmp_path)


@pytest.mark.parametrize(
    ("url", "sha256"),
    [("ftp://example.org/a", SUM), ("http://example.org/a", SUM), ("https://e.org/a", "abc")],
)
def test_addresses_and_sums_are_checked(url, sha256):
    with pytest.raises(ValueError, match=r"https|pattern"):
        Remote(url=url, sha256=sha256)
