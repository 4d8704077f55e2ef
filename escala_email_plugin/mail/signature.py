"""A signature: a few lines of rich text below what somebody writes."""

import nh3

from .safe_html import LINK
from .text import html_to_text

#: Characters of HTML.
LONGEST = 10_000

TAGS = {"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"}


def clean(html: str) -> str:
    """``html`` with nothing but paragraphs, emphasis, lists and links; "" where no word is left.

    Links go to http, https, mailto and tel. At most LONGEST characters are read.
    """
    cleaned = nh3.clean(
        html[:LONGEST].replace("\x00", ""),
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_link,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()
    return cleaned if html_to_text(cleaned).strip() else ""


def _link(tag: str, name: str, value: str) -> str | None:
    value = value.strip()
    return value if LINK.fullmatch(value) else None
