"""What HTML may hold to be shown (see ``safe_html``): elements, their attributes, properties of a style."""

TAGS = {
    "a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote",
    "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre",
    "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul",
    "var", "wbr",
}  # fmt: skip

#: Gone with all that is in them.
GONE = {"script", "style", "title", "head", "iframe", "object", "noscript", "template", "textarea", "select"}
_TABLE = {"align", "valign", "bgcolor", "width", "height", "style", "dir", "lang"}
ATTRIBUTES = {
    # Of "class", "id" and a quotation's "type" only what ``quote_marks`` makes of them.
    "*": {"style", "dir", "lang", "align", "class", "id"},
    "blockquote": {"type"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "title"},
    "font": {"color", "face", "size"},
    "table": {*_TABLE, "border", "cellpadding", "cellspacing"},
    "td": {*_TABLE, "colspan", "rowspan", "nowrap"},
    "th": {*_TABLE, "colspan", "rowspan", "nowrap", "scope"},
    "tr": _TABLE,
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "hr": {"width", "size", "color"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "details": {"open"},
    "time": {"datetime"},
}

#: Those that only change how text looks in its place.
PROPERTIES = {
    "background", "background-color", "border", "border-bottom", "border-bottom-color",
    "border-bottom-style", "border-bottom-width", "border-collapse", "border-color", "border-left",
    "border-left-color", "border-left-style", "border-left-width", "border-radius", "border-right",
    "border-right-color", "border-right-style", "border-right-width", "border-spacing",
    "border-style", "border-top", "border-top-color", "border-top-style", "border-top-width",
    "border-width", "box-sizing", "clear", "color", "direction", "display", "empty-cells", "float",
    "font", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height",
    "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom", "margin-left",
    "margin-right", "margin-top", "max-height", "max-width", "min-height", "min-width", "opacity",
    "overflow", "overflow-wrap", "padding", "padding-bottom", "padding-left", "padding-right",
    "padding-top", "table-layout", "text-align", "text-decoration", "text-indent", "text-transform",
    "unicode-bidi", "vertical-align", "visibility", "white-space", "width", "word-break",
    "word-spacing", "word-wrap",
}  # fmt: skip

#: What a value may compute; ``url()`` and its like are not among them.
FUNCTIONS = {"rgb", "rgba", "hsl", "hsla"}
