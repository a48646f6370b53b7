"""Ports that are free, or said to be in use in one clear sentence."""

import errno
import socket

from foundation.errors import UserError
from serving.flags import Flags


def bind(flag: str, host: str, port: int) -> socket.socket:
    """A socket that holds the port but does not listen yet, so that nobody else takes it.

    Raises:
        UserError: where the port is taken or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(_bind_problem(flag, host, port, error)) from error
    return listener


def _bind_problem(flag: str, host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: give another with --{flag}, or end the program that has it."
    return f"Cannot listen on {host} port {port} (--{flag}): {error.strerror}."


def hold(flags: Flags) -> dict[str, socket.socket]:
    """The ports that the flags ask for, by flag: nobody can connect yet, nor take them.

    Raises:
        UserError: where one is taken.
    """
    held: dict[str, socket.socket] = {}
    for flag in ("port", "rest_api_port"):
        number = getattr(flags, flag)
        try:
            if number:
                held[flag] = bind(flag, flags.host, number)
        except UserError:
            for listener in held.values():
                listener.close()
            raise
    return held


def check(flags: Flags) -> None:
    """Raises UserError where a port that the flags ask for is taken."""
    for listener in hold(flags).values():
        listener.close()
