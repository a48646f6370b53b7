"""`python -m serving.server`: the embedded server, which speaks TF Serving's APIs."""

import asyncio
import gc
import logging
import os
import signal
import sys
import warnings
from collections.abc import Sequence

from foundation.errors import UserError
from serving import ports
from serving.flags import Flags, parse_flags


def main(arguments: Sequence[str]) -> int:
    """Serves until it is told to end; the process's exit code."""
    try:
        flags = parse_flags(arguments)
        if not flags.version:
            ports.check(flags)
        _quieten_tensorflow()
        return _run(flags)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


def _quieten_tensorflow() -> None:
    """One line per problem: ours. Must run before TensorFlow is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    warnings.filterwarnings("ignore")
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr
    )
    for name in ("tensorflow", "asyncio", "aiohttp", "grpc"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _run(flags: Flags) -> int:
    # Imported here: TensorFlow takes seconds, which a wrong flag or port need not wait for.
    import tensorflow as tf

    from serving.application import Application

    if flags.version:
        print(f"Throughline embedded ModelServer\nTensorFlow Library: {tf.__version__}")
        return 0

    # What the imports made stays for good: no request need wait while it is looked through.
    gc.freeze()

    async def run_until_told() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await Application(flags).run(stop)

    asyncio.run(run_until_told())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
