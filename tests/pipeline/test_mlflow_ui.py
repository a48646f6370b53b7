import socket

from pipeline.mlflow_ui import free_port


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = free_port(port)
        assert found > port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", found))
