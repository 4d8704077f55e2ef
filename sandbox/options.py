"""What ``sandbox/run`` can be told. Standard library only."""

import argparse

LAST_PORT = 65535


def parse(arguments: list | None) -> argparse.Namespace:
    """The options; ends the program with a sentence where they make no sense."""
    parser = argparse.ArgumentParser(
        prog="sandbox/run",
        description="A little insurance broker's CRM with e-mail, on this machine alone. Ctrl-C stops it.",
    )
    parser.add_argument("--reset", action="store_true", help="throw all data and mail away, and start over")
    for name, default, use in (
        ("--port", 8000, "of the CRM"),
        ("--imap-port", 8993, "for reading mail"),
        ("--smtp-port", 8465, "for sending mail"),
        ("--provider-port", 8990, "of the stand-in for Google and Microsoft"),
    ):
        parser.add_argument(name, type=port, default=default, help=f"{use} (default: %(default)s)")
    options = parser.parse_args(arguments)
    if len({options.port, options.imap_port, options.smtp_port, options.provider_port}) < 4:
        parser.error("--port, --imap-port, --smtp-port and --provider-port must be four different numbers.")
    return options


def port(text: str) -> int:
    """A port's number. Raises ArgumentTypeError for anything else."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {LAST_PORT}, and this is {text!r}.")
    return number
