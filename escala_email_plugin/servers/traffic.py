"""What a connection has cost: counted for budgets and metrics."""

from dataclasses import dataclass, replace


@dataclass(slots=True)
class Traffic:
    """Live counters: commands, bytes (inside TLS), and the seconds spent waiting for the server."""

    commands: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    seconds: float = 0.0

    def copy(self) -> "Traffic":
        """The counters as they stand now."""
        return replace(self)

    def __add__(self, other: "Traffic") -> "Traffic":
        return Traffic(
            self.commands + other.commands,
            self.bytes_in + other.bytes_in,
            self.bytes_out + other.bytes_out,
            self.seconds + other.seconds,
        )

    def __sub__(self, other: "Traffic") -> "Traffic":
        return Traffic(
            self.commands - other.commands,
            self.bytes_in - other.bytes_in,
            self.bytes_out - other.bytes_out,
            self.seconds - other.seconds,
        )
