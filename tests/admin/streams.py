"""What a page's script is told while servers are asked, line by line."""

import json


def events(response) -> list[dict]:
    """The lines, read to the end."""
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def told(lines: list[dict]) -> str:
    """All that is shown of them, as one text."""
    return "\n".join(event.get("step", "") + event.get("html", "") for event in lines)
