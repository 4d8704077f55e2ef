"""Sign in with the stand-in provider as a browser would: follow where one is sent, step by step."""

import http.client
from urllib.parse import parse_qs, urlsplit

from tests.making import at


class Journey:
    """``Journey(client, provider)``: ``begin()``, then ``back()``, or ``sign_in()`` for both.

    ``provider.chosen`` is the account that allows everything without a page.
    """

    def __init__(self, client, provider, kind="personal", name="google"):
        self.client, self.provider, self.kind, self.name = client, provider, kind, name
        self.sent_to, self.sent_back = "", ""

    @property
    def asked(self) -> dict[str, str]:
        """What the provider's page was asked."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.sent_to).query).items()}

    def begin(self) -> str:
        """Press the button, and allow it. Returns the address one is sent back to."""
        pressed = self.client.post(at("consent", self.name, kind=self.kind))
        assert pressed.status_code == 302, pressed.status_code
        self.sent_to = pressed["Location"]
        assert self.sent_to.startswith(self.provider.url), self.sent_to
        self.sent_back = location(self.sent_to)
        return self.sent_back

    def back(self, client=None, **changed):
        """Back at the CRM; ``changed`` are parameters of the address, None takes one away."""
        parts = urlsplit(self.sent_back)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
        told = {name: value for name, value in query.items() if value is not None}
        return (client or self.client).get(parts.path, told, follow=True)

    def sign_in(self):
        self.begin()
        return self.back()


def location(url: str) -> str:
    """Where a GET of the stand-in is sent to."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        assert answer.status == 302, (answer.status, answer.read())
        return answer.headers["Location"]
    finally:
        connection.close()


def told(response) -> list[str]:
    """The sentences on the page."""
    return [str(one).strip() for one in response.context["messages"]]
