"""The document in which a mail is shown, for a frame without scripts."""

from collections.abc import Mapping
from html import escape

#: For the frame's document, as its header and as its first ``<meta>``.
CSP = "default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'"

#: The same once the reader let pictures be fetched; only encrypted.
CSP_WITH_PICTURES = "default-src 'none'; img-src data: cid: https:; style-src 'unsafe-inline'"

# A mail in HTML has colours of its own, made for a light sheet. A plain text follows the page round it, which
# says by data-theme whether that is dark.
_STYLE = """
html{color-scheme:light;background:#fff}
body{margin:0;padding:12px;font:15px/1.5 system-ui,sans-serif;color:#222}
body{display:flow-root;overflow:auto;overflow-wrap:anywhere}
img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}
blockquote{margin:0 0 0 .5em;padding-left:.75em;border-left:2px solid #ccc}
.escala-flag{display:inline-block;margin:0 .25em;padding:0 .375em;border:1px solid #b45309;border-radius:4px;
background:#fffbeb;color:#7c2d12;font:600 12px/1.5 system-ui,sans-serif;letter-spacing:normal;text-indent:0;
text-transform:none;white-space:normal;direction:ltr;unicode-bidi:isolate}
.escala-cut{margin:1em 0 0;padding:.5em .75em;border:1px solid #ccc;border-radius:4px;color:#444}
a:focus-visible{outline:2px solid #00676a;outline-offset:2px}
a[title]:focus-visible::after{content:" \\2192 " attr(title);color:#444;font:12px/1.5 system-ui,sans-serif}
.escala-quote>summary{cursor:pointer;width:fit-content;padding:0 .5em;border-radius:4px;color:#444;
background:#eee}
.escala-plain a{color:#00676a}
[data-theme=dark]:has(.escala-plain){color-scheme:dark;background:#1d1d1d}
[data-theme=dark] body:has(.escala-plain){color:#e6e6e6}
[data-theme=dark] .escala-plain a{color:#7fd1d4}
[data-theme=dark] .escala-plain .escala-quote>summary{color:#ddd;background:#3a3a3a}
[data-theme=dark] .escala-plain .escala-cut{color:#ddd}
""".strip().replace("\n", "")


def document(fragment: str, *, policy: str = CSP, told: Mapping[str, str] | None = None) -> str:
    """A whole document for the frame round a fragment that is safe already.

    ``told``: what the page round the frame reads off the document's element, as its ``data-`` attributes.
    """
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in (told or {}).items())
    return (
        f'<!doctype html><html{data}><head><meta http-equiv="Content-Security-Policy" '
        f'content="{escape(policy)}">'
        '<meta charset="utf-8"><meta name="referrer" content="no-referrer"><base target="_blank">'
        f"<style>{_STYLE}</style></head><body>{fragment}</body></html>"
    )
