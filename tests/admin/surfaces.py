"""Every address of a site, found as Django resolves them, filled in with ids: for what must hold of all."""

import itertools
import re
from collections.abc import Iterator

from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import RegexPattern

#: Headers that differ with the time, or with the digits of an id.
OF_THE_MOMENT = {"Expires", "Content-Length"}


def patterns(urls: str | None = None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """``(name with namespaces, parameters)`` of the patterns of ``urls``, or of the whole site."""
    yield from _walk(get_resolver(urls), (), ())


def _walk(resolver, namespaces, outer) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in resolver.url_patterns:
        parameters = (*outer, *_parameters(one.pattern))
        if hasattr(one, "url_patterns"):
            yield from _walk(one, (*namespaces, *filter(None, [one.namespace])), parameters)
        else:
            # One without a name cannot be asked for, and could leak unseen.
            yield ":".join([*namespaces, one.name or "?"]), parameters


def _parameters(pattern) -> list[str]:
    if isinstance(pattern, RegexPattern):
        return list(pattern.regex.groupindex)
    return list(pattern.converters)


def filled(name: str, parameters: tuple[str, ...], values: dict[str, list], others: list) -> list[str]:
    """The addresses of a pattern, with all combinations of ``values``; ``others``: where it has none."""
    choices = [values.get(parameter, others) for parameter in parameters]
    found = []
    for combination in itertools.product(*choices):
        try:
            found.append(reverse(name, kwargs=dict(zip(parameters, combination, strict=True))))
        except NoReverseMatch:
            continue
    return list(dict.fromkeys(found))


def body(response) -> bytes:
    """All that came: also what is streamed, where one is sent, and what one is told there."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    told = [f"{name}: {value}" for name, value in response.headers.items() if name not in OF_THE_MOMENT]
    if "messages" in response.cookies:  # what the next page would say
        told.append("messages: " + response.cookies["messages"].value)
    return content + "\n".join(told).encode()


def settled(content: bytes) -> bytes:
    """``content`` without what differs each time: tokens, keys, signatures, and the ids in addresses."""
    content = re.sub(rb"/\d+/", b"/#/", content)
    content = re.sub(rb"d20\d{6}-\d+", b"(position)", content)
    content = re.sub(rb"messages: .*|&quot;key&quot;: &quot;\w+&quot;", b"(signed, or a key)", content)
    content = re.sub(rb'"CSRF_TOKEN": "\w+"', b"(token)", content)
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"(token)", content)
