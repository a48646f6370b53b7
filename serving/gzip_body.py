"""Request bodies that were sent gzipped."""

import zlib

from serving.status import invalid

_GZIP_WINDOW = 16 + zlib.MAX_WBITS  # zlib's sign for the gzip format


class BodyTooLargeError(Exception):
    """A body that would unzip to more bytes than allowed."""


def unzip(body: bytes, limit: int) -> bytes:
    """The unzipped body.

    Args:
        body: one gzip stream, or several one after the other.
        limit: how many bytes it may unzip to; no more are ever held.

    Raises:
        ServingError: INVALID_ARGUMENT for what is no gzip, or was cut short.
        BodyTooLargeError: beyond the limit.
    """
    parts: list[bytes] = []
    room = limit
    while body:
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            part = stream.decompress(body, room + 1)
        except zlib.error as error:
            raise invalid(f"The request body is no gzip: {error}") from error
        if len(part) > room:
            raise BodyTooLargeError
        if not stream.eof:
            raise invalid("The gzipped request body was cut short")
        parts.append(part)
        room -= len(part)
        body = stream.unused_data
    return b"".join(parts)
