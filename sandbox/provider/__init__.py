"""A stand-in for Google's and Microsoft's OAuth servers, on loopback: consent page, tokens, who it is, and
introspection (RFC 7662) for a mail server that takes the tokens.

    with Provider(["ann@example.test"]) as provider:
        provider.url                            # the endpoints: see ``settings_for``
        provider.chosen = "ann@example.test"    # consent without a page
        provider.grants.withdraw("ann@example.test")
        provider.mood = "busy"                  # see ``moods``

Start it alone with ``python -m sandbox.provider``. Standard library only.
"""
