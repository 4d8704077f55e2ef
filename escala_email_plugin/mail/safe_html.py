"""A stranger's HTML made safe to show. The first layer is ``CSP``, which fetches and runs nothing."""

import html
import re
from collections.abc import Mapping

import nh3

#: For the frame a mail is shown in (no source but what the document itself holds).
CSP = "default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'"

_TAGS = {
    *(
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "div",
    ),
    *(
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
    ),
    *("ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td"),
    *("tfoot", "th", "thead", "tr", "tt", "u", "ul"),
}
_ATTRIBUTES = {
    "*": {
        "align",
        "bgcolor",
        "border",
        "color",
        "dir",
        "height",
        "lang",
        "style",
        "title",
        "valign",
        "width",
    },
    "a": {"href"},
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"face", "size"},
    "img": {"alt", "src"},
    "ol": {"start", "type"},
    "table": {"cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
#: Whatever could fetch, escape the flow of the text, or hide in an escape.
_BAD_STYLE = re.compile(
    r"url|expression|import|@|\\|/\*|position|behavior|binding|image-set|var\(|attr\(", re.I
)
_HIDDEN = {
    "script",
    "style",
    "title",
    "noscript",
    "template",
    "svg",
    "math",
    "object",
    "iframe",
    "textarea",
    "select",
}


def safe(source: str, images: Mapping[str, str] | None = None) -> str:
    """``source`` as a harmless fragment. ``images``: content id → data: URI of the pictures it may show.

    Every other picture keeps its alternative text only. Links open the web, mail or phone elsewhere.
    """
    pictures = images or {}

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return None if _BAD_STYLE.search(value) else value
        if tag == "img" and name == "src":
            return pictures.get(value[4:]) if value[:4].lower() == "cid:" else None
        return value

    return nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=_HIDDEN,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )


_LINK = re.compile(r"https?://[^\s<>\"']+", re.I)


def text_as_html(text: str) -> str:
    """Plain text as a harmless fragment: line breaks kept, web addresses as links."""
    pieces, position = [], 0
    for link in _LINK.finditer(text):
        url = link[0].rstrip(".,;:!?)]}…»”")
        pieces.append(html.escape(text[position : link.start()]))
        shown = html.escape(url)
        pieces.append(f'<a href="{shown}" target="_blank" rel="noopener noreferrer">{shown}</a>')
        position = link.start() + len(url)
    pieces.append(html.escape(text[position:]))
    return f'<div class="text">{"".join(pieces)}</div>'


_LOOK = (
    "body{margin:12px;font:15px/1.5 system-ui,sans-serif;color:#222;background:#fff;overflow-wrap:anywhere}"
    ".text{white-space:pre-wrap}img{max-width:100%;height:auto}table{max-width:100%}"
    "pre{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:10px;border-left:2px solid #ccc}"
)


def document(fragment: str) -> str:
    """The whole document of a mail's frame, its policy first."""
    return (
        f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{CSP}">'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<base target="_blank"><style>{_LOOK}</style></head><body>{fragment}</body></html>'
    )
