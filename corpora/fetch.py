"""Files from the web: downloaded once, resumed after an interruption, checked at every use."""

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path

from corpora.config import Remote
from foundation.errors import UserError

_BLOCK = 1 << 20
_TIMEOUT = 30
_ATTEMPTS = 4


def fetch(remote: Remote, cache: Path, folder: Path | None = None) -> Path:
    """The local path of a remote file whose content has the right sum.

    folder: where the user keeps such files; what lies there under the file's name is taken
        instead of a download.
    Raises UserError: the sum is wrong, the file is not on the server, there is no network.
    """
    if folder is not None and (folder / remote.name).exists():
        return _checked(folder / remote.name, remote, "replace it, or correct sha256")
    # The sum in the name keeps two files apart that share their last part of the address.
    complete = cache / remote.sha256[:16] / remote.name
    if not complete.exists():
        partial = complete.with_name(remote.name + ".partial")
        complete.parent.mkdir(parents=True, exist_ok=True)
        _download(remote, partial)
        _check_download(partial, remote)
        partial.replace(complete)
    return _checked(complete, remote, "delete it and run again")


def sha256(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _checked(path: Path, remote: Remote, remedy: str) -> Path:
    try:
        actual = sha256(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if actual != remote.sha256:
        raise UserError(
            f"{path} has the SHA-256 {actual}, not {remote.sha256} as configured: {remedy}."
        )
    return path


def _check_download(partial: Path, remote: Remote) -> None:
    actual = sha256(partial)
    if actual != remote.sha256:
        partial.unlink()
        raise UserError(
            f"{remote.url} has the SHA-256 {actual}, not {remote.sha256} as configured: "
            "the file on the server has changed, or sha256 is mistyped."
        )


def _download(remote: Remote, partial: Path) -> None:
    """Fetches what is missing of a file; a connection that breaks is taken up where it broke."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _append_rest(remote.url, partial)
            break
        except urllib.error.HTTPError as error:
            if error.code < 500 or attempt == _ATTEMPTS:
                raise UserError(
                    f"{remote.url}: the server answers {error.code} {error.reason}; "
                    "correct the address, or put the file into CORPUS_DIR."
                ) from error
        except (OSError, http.client.HTTPException) as error:
            if attempt == _ATTEMPTS:
                reason = getattr(error, "reason", error)
                raise UserError(
                    f"{remote.url} cannot be downloaded ({reason}); look at the network, "
                    f"or put {remote.name} into a folder and name it in CORPUS_DIR."
                ) from error
        time.sleep(0.25 * 2**attempt)


def _append_rest(url: str, partial: Path) -> None:
    """Asks for the bytes that the partial file lacks."""
    have = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            return  # nothing is missing; whether it is the right content, its sum will say
        raise
    with response:
        resumed = response.status == http.client.PARTIAL_CONTENT
        expected = response.headers.get("Content-Length")
        received = 0
        with partial.open("ab" if resumed else "wb") as file:
            while block := response.read(_BLOCK):
                received += file.write(block)
        if expected is not None and received < int(expected):
            raise http.client.IncompleteRead(b"", int(expected) - received)
