"""The client against the embedded server, over both ways."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from foundation.errors import UserError
from serving.client import Client
from serving.process import free_ports


@pytest.fixture(params=["rest", "rpc"])
def address(server, request):
    return server.rest_address if request.param == "rest" else server.rpc_address


def test_translations_come_back_in_order_over_several_batches(address):
    texts = [f"text {number} é😀" for number in range(7)]
    with Client(address, "toy", batch_size=3) as client:
        translations = client.translate(texts)
    assert [entry.text for entry in translations] == [text.upper() for text in texts]
    assert [entry.score for entry in translations] == [-len(text) / 8 for text in texts]


def test_no_texts_are_no_request(address):
    with Client(address, "toy") as client:
        assert client.translate([]) == []


def test_the_version_is_the_one_that_answers(address):
    with Client(address, "small") as client:
        assert client.version() == 3


def test_an_unknown_model_is_one_sentence_at_once(address):
    with Client(address, "nobody") as client, pytest.raises(UserError, match=r"Latest\(nobody\)"):
        client.translate(["text"])


def test_nobody_there_is_tried_again_then_said():
    (port,) = free_ports(1)
    for scheme in ("http", "grpc"):
        client = Client(f"{scheme}://127.0.0.1:{port}", retries=2, backoff=0.01)
        with client, pytest.raises(UserError, match="No answer after 3 tries"):
            client.translate(["text"])


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(UserError, match="ftp://host is no server's address"):
        Client("ftp://host")


class _BusyTwice(BaseHTTPRequestHandler):
    calls = 0

    def do_POST(self):
        type(self).calls += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        busy = self.calls <= 2
        body = (
            b'{"error": "full"}'
            if busy
            else b'{"outputs": {"translation": ["A"], "score": [-1.5]}}'
        )
        self.send_response(503 if busy else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Says nothing."""


def test_a_full_queue_is_tried_again():
    busy = HTTPServer(("127.0.0.1", 0), _BusyTwice)
    thread = threading.Thread(target=busy.serve_forever)
    thread.start()
    try:
        with Client(f"http://127.0.0.1:{busy.server_port}", "toy", backoff=0.01) as client:
            assert client.translate(["a"]) == [("A", -1.5)]
        assert _BusyTwice.calls == 3
    finally:
        busy.shutdown()
        thread.join()
        busy.server_close()
