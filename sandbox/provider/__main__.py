"""Run the stand-in until it is told to stop: ``python -m sandbox.provider --port 8080``."""

import argparse
import contextlib
import signal
import sys

from sandbox import places
from sandbox.accounts import MAILBOXES
from sandbox.provider.server import Provider


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=8990)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    provider = Provider([one.address for one in MAILBOXES], options.port, places.VAR / "provider.json")
    print(f"OAuth on {provider.url}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        provider.serve()


if __name__ == "__main__":
    main()
