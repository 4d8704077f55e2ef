"""A private Redis on loopback that keeps nothing.

with Redis() as redis:
    redis.port
"""

import contextlib
import shutil
import socket
import time

from .private import HOST, PATH, free_ports, run, scratch


class Redis:
    """A Redis of one's own, as a context manager. Raises RuntimeError where it is not installed."""

    host = HOST

    def __enter__(self) -> "Redis":
        binary = shutil.which("redis-server", path=PATH)
        if not binary:
            raise RuntimeError("Redis is not installed: apt-get install redis-server")
        with contextlib.ExitStack() as stack:
            folder = scratch(stack, "redis")
            [self.port] = free_ports(1)
            options = f"--port {self.port} --bind {HOST} --appendonly no --dir {folder}".split()
            command = [binary, *options, "--save", ""]
            process = run(stack, command, folder)
            end = time.monotonic() + 15
            while not self._answers():
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("Redis did not start: " + (folder / "output").read_text())
                time.sleep(0.02)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exc_info) -> None:
        self._open.close()

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as sock:
                sock.sendall(b"PING\r\n")
                return sock.recv(16).startswith(b"+PONG")
        except OSError:
            return False
