"""TLS on both ports, by TF Serving's SSLConfig."""

import datetime
import json
import ssl
import urllib.request

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub

from foundation.errors import UserError
from serving.tls import read_tls
from tests.serving.local import LocalServer


@pytest.fixture(scope="module")
def certificate() -> tuple[str, str]:
    """A key and a certificate that it signs for itself, as PEM texts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), signed.public_bytes(pem).decode()


def write_config(path, key: str, cert: str, *more: str):
    fields = {"server_key": key, "server_cert": cert}
    lines = [f"{name}: {json.dumps(value)}" for name, value in fields.items()]
    path.write_text("\n".join([*lines, *more]))
    return path


def test_both_ports_speak_tls_alone(small_base, tmp_path, certificate):
    key, cert = certificate
    config = write_config(tmp_path / "ssl.config", key, cert)
    with LocalServer(small_base, "m", f"--ssl_config_file={config}") as server:
        context = ssl.create_default_context(cadata=cert)
        url = f"https://localhost:{server.rest_port}/v1/models/m"
        with urllib.request.urlopen(url, context=context, timeout=20) as response:
            assert json.load(response)["model_version_status"][0]["version"] == "3"
        with pytest.raises(OSError):
            urllib.request.urlopen(url.replace("https", "http"), timeout=20)
        request = GetModelStatusRequest()
        request.model_spec.name = "m"
        credentials = grpc.ssl_channel_credentials(cert.encode())
        with grpc.secure_channel(f"localhost:{server.rpc_port}", credentials) as channel:
            assert ModelServiceStub(channel).GetModelStatus(request, timeout=20)
        with grpc.insecure_channel(f"localhost:{server.rpc_port}") as channel:
            with pytest.raises(grpc.RpcError) as raised:
                ModelServiceStub(channel).GetModelStatus(request, timeout=5)
            assert raised.value.code() is grpc.StatusCode.UNAVAILABLE


def test_client_certificates_can_be_required(tmp_path, certificate):
    key, cert = certificate
    authority = f"custom_ca: {json.dumps(cert)}"
    config = write_config(tmp_path / "ssl.config", key, cert, authority, "client_verify: true")
    assert read_tls(config).rest.verify_mode is ssl.CERT_REQUIRED


def test_a_wrong_file_is_one_sentence(tmp_path, certificate):
    key, cert = certificate
    with pytest.raises(UserError, match="Cannot read --ssl_config_file"):
        read_tls(tmp_path / "missing")
    broken = tmp_path / "broken"
    broken.write_text("server_key: 3")
    with pytest.raises(UserError, match="Invalid protobuf file in --ssl_config_file"):
        read_tls(broken)
    with pytest.raises(UserError, match="server_key and server_cert must both be given"):
        read_tls(write_config(tmp_path / "half", key, ""))
    with pytest.raises(UserError, match="no fitting PEM text"):
        read_tls(write_config(tmp_path / "nonsense", "key", cert))
