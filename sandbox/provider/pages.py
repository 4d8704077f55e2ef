"""The stand-in's pages: plain HTML with forms, no script."""

from html import escape

from . import scopes


def _page(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><h1>{escape(title)}</h1>{body}</html>"
    ).encode()


def consent(name: str, accounts: list[str], query: str, asked: list[str], hint: str) -> bytes:
    """Which account, and what it allows. ``query`` is the request's, which comes back with the answer."""
    first = hint if hint in accounts else accounts[0]
    rows = "".join(
        f'<p><label><input type="radio" name="account" value="{escape(one)}"'
        f"{' checked' if one == first else ''}> {escape(one)}</label></p>"
        for one in accounts
    )
    ticks = "".join(
        f'<p><label><input type="checkbox" name="scope" value="{escape(one)}" checked> '
        f"{'Read and send your mail' if scopes.resource(one) == scopes.MAIL else 'See who you are'}: "
        f"<code>{escape(one)}</code></label></p>"
        for one in asked
    )
    return _page(
        f"{name} (stand-in): allow access?",
        f'<form method="post" action="/consent"><input type="hidden" name="query" value="{escape(query)}">'
        f'{rows}{ticks}<button name="answer" value="allow">Allow</button> '
        f'<button name="answer" value="cancel">Cancel</button></form>',
    )


def overview(accounts: list[str], held: dict[str, int], mood: str, moods: list[str]) -> bytes:
    """Who has allowed something, with a button that withdraws it, and how the token endpoint is."""
    rows = "".join(
        f'<p>{escape(one)}: {held.get(one, 0)} consents <button name="withdraw" value="{escape(one)}">'
        "Withdraw</button></p>"
        for one in accounts
    )
    buttons = "".join(f'<button name="mood" value="{one}">{one or "well"}</button> ' for one in ["", *moods])
    return _page(
        "Stand-in for Google and Microsoft",
        f'<form method="post" action="/switch">{rows}<p>The token endpoint is: {escape(mood or "well")}</p>'
        f"<p>{buttons}</p></form>",
    )


def refused(reason: str) -> bytes:
    """The request makes no sense."""
    return _page("That cannot be allowed", f"<p>{escape(reason)}</p>")
