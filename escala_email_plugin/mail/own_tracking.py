"""The CRM's own tracking pixels and links, recognised so that they never fire from its own screens."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from .links import canonical_host


def _nowhere(url: str) -> str | None:
    return None


@dataclass(frozen=True)
class OwnTracking:
    """``prefixes``: the addresses under which our pixels and tracked links live (``https://crm.test/t/``).

    ``hosts``: our own hosts, from which no mail's picture is fetched: the reader is signed in there.
    ``target``: where a tracked link of ours leads; None where that is not known.
    """

    prefixes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    target: Callable[[str], str | None] = _nowhere

    def is_ours(self, url: str) -> bool:
        """Whether to ask for ``url`` would be counted as somebody's opening or click."""
        host, path = _place(url)
        for prefix in self.prefixes:
            own_host, own_path = _place(prefix)
            if host == own_host and path.startswith(own_path):
                return True
        return False

    def may_fetch(self, url: str) -> bool:
        """Whether a picture at ``url`` may ever be fetched for a mail."""
        return not self.is_ours(url) and _place(url)[0].partition(":")[0] not in self.hosts

    def led(self, url: str) -> str | None:
        """``url``, or where it leads if it is a tracked link of ours; None where that is not known."""
        return self.target(url) if self.is_ours(url) else url


def _place(url: str) -> tuple[str, str]:
    """Host with port, and path, as browsers make them of ``url``; the scheme does not matter."""
    try:
        parts = urlsplit(url.strip().replace("\\", "/"))
        host, port = canonical_host(unquote(parts.hostname or "")), parts.port
    except ValueError:
        return "", ""
    # Doubled slashes and dots lead to the same place on many servers.
    steps: list[str] = []
    for step in unquote(parts.path).split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return (host if port in (None, 80, 443) else f"{host}:{port}"), "/" + "/".join(steps)
