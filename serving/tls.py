"""TLS for both ports, from TF Serving's SSLConfig."""

import ssl
import tempfile
from pathlib import Path
from typing import NamedTuple

import grpc

from foundation.errors import UserError
from serving.text_protos import SSLConfig, read_text_proto


class Tls(NamedTuple):
    """The same certificate and key, as each port's library wants them."""

    rest: ssl.SSLContext
    rpc: grpc.ServerCredentials


def read_tls(path: Path) -> Tls:
    """The credentials that an SSLConfig file holds, as PEM texts.

    Raises:
        UserError: for a file that does not parse, or a key and certificate that do not fit.
    """
    config = read_text_proto("--ssl_config_file", path, SSLConfig())
    if not config.server_key or not config.server_cert:
        raise UserError(f"{path}: server_key and server_cert must both be given, as PEM texts.")
    authority = config.custom_ca.encode() or None
    return Tls(
        _ssl_context(path, config),
        grpc.ssl_server_credentials(
            [(config.server_key.encode(), config.server_cert.encode())],
            root_certificates=authority,
            require_client_auth=config.client_verify,
        ),
    )


def _ssl_context(path: Path, config: SSLConfig) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # The ssl module takes certificates from files only; this one is private and short-lived.
    with tempfile.NamedTemporaryFile(suffix=".pem") as pem:
        pem.write(f"{config.server_key}\n{config.server_cert}\n".encode())
        pem.flush()
        try:
            context.load_cert_chain(pem.name)
            if config.custom_ca:
                context.load_verify_locations(cadata=config.custom_ca)
        except (ssl.SSLError, ValueError) as error:
            raise UserError(
                f"{path}: server_key, server_cert or custom_ca is no fitting PEM text: {error}."
            ) from error
    if config.client_verify:
        context.verify_mode = ssl.CERT_REQUIRED
    return context
