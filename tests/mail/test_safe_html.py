"""A stranger's HTML is shown without anything in it that runs, asks, posts or loads."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escala_email_plugin.mail.html_rules import TAGS
from escala_email_plugin.mail.quote_marks import PREFIX
from escala_email_plugin.mail.safe_html import CSP, document, safe, safe_style, text_as_html

from .growth import is_linear

GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


class Reader(HTMLParser):
    """The elements of some HTML, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def harm(html: str) -> list[str]:
    """What in ``html`` could run, load or lead somewhere it should not."""
    found = []
    for tag, attributes in Reader(html).found:
        if tag not in TAGS:
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            value = value or ""
            if name in ("class", "id") and re.fullmatch(f"{PREFIX}[a-z-]+", value):
                continue  # what is left of the names by which programs mark quotations: ours alone
            if name.startswith(("on", "xlink", "srcset", "background", "formaction", "data", "id", "class")):
                found.append(f"{tag} {name}")
            if name == "href" and not re.match(r"(https?://|mailto:|tel:)", value, re.I):
                found.append(f"{tag} {name}={value}")
            if name == "src" and not re.match(r"data:image/(gif|jpeg|jpg|png|webp);base64,", value):
                found.append(f"{tag} {name}={value}")
            if name == "style" and re.search(
                r"url|expression|import|@|\\|/\*|image-set|position|var\(", value
            ):
                found.append(f"{tag} {name}={value}")
    return found


def test_harm_is_seen_where_there_is_some():
    for html in ("<script>", "<p onclick=x>", "<a href=data:x>", "<img src=http://x>", "<p style=a:url(x)>"):
        assert harm(html)


def test_ordinary_mail_keeps_its_look():
    html = (
        '<h1 align="center">Póliza</h1>'
        '<p style="color: red; font-size: 12px">Hola, <b>Ana</b> y <i>Eva</i>.</p>'
        '<table border="1" bgcolor="#eeeeee"><tbody>'
        '<tr><td colspan="2" width="50">12&nbsp;€</td></tr></tbody></table>'
        '<ul><li>uno</li></ul><blockquote>cita</blockquote><font color="#ff0000" face="Arial">rojo</font><br>'
    )
    assert safe(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=https://evil.test/x.js></SCRIPT>",
        "<script/x>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<img src=x:x onerror&#61;alert(1) onerror=alert(1)//",
        "<p onclick='alert(1)'>x</p>",
        "<body onload=alert(1)>",
        "<p/onclick=alert(1)>x",
        "<details open ontoggle=alert(1)>x</details>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
        "<svg><feImage href='https://evil.test/x'/></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<math><mtext><table><mglyph><svg><mtext><textarea>"
        "<path id='</textarea><img onerror=alert(1) src=1>'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<template><img src=x onerror=alert(1)></template>",
        "<style><img src='</style><img src=x onerror=alert(1)>'></style>",
        "<style>@import 'https://evil.test/x.css'; p{background:url(https://evil.test/x)}</style>",
        "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
        "<title><p title='</title><img src=x onerror=alert(1)>'>",
        "<textarea><p title='</textarea><img src=x onerror=alert(1)>'>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<!-- --!><img src=x onerror=alert(1)> -->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<?xml:namespace prefix='x'?><x:script>alert(1)</x:script>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='JaVaScRiPt:alert(1)'>x</a>",
        "<a href='java\nscript:alert(1)'>x</a>",
        "<a href='java&#9;script:alert(1)'>x</a>",
        "<a href='&#1;javascript:alert(1)'>x</a>",
        "<a href=' javascript:alert(1)'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
        f"<a href='{GIF}'>x</a>",
        "<a href='cid:1'>x</a>",
        "<a href='blob:https://x.test/1'>x</a>",
        "<a href='file:///etc/passwd'>x</a>",
        "<a href='//evil.test/'>x</a>",
        "<a href='/admin/'>x</a>",
        "<a href='x.html'>x</a>",
        "<a href='#top'>x</a>",
        "<a href='https:evil'>x</a>",
        "<img src='https://evil.test/x.gif'>",
        "<img src='//evil.test/x.gif'>",
        "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
        "<img src='cid:unknown'>",
        "<img srcset='https://evil.test/x.gif 1x' src='cid:1'>",
        "<picture><source srcset='https://evil.test/x.gif'></picture>",
        "<table background='https://evil.test/x.gif'><tr><td background='https://evil.test/x.gif'>x",
        "<video src='https://evil.test/x' poster='https://evil.test/x'><track src='https://evil.test/x'></video>",
        "<audio src='https://evil.test/x' autoplay></audio>",
        "<iframe src='https://evil.test/'></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data='https://evil.test/'></object><embed src='https://evil.test/'>",
        "<applet code=x></applet>",
        "<link rel=stylesheet href='https://evil.test/x.css'>",
        "<link rel=dns-prefetch href='//evil.test'>",
        "<meta http-equiv=refresh content='0;url=https://evil.test/'>",
        "<base href='https://evil.test/'>",
        "<form action='https://evil.test/'><input name=x>"
        "<button formaction='javascript:alert(1)'>x</button></form>",
        "<isindex action='javascript:alert(1)'>",
        "<frameset><frame src='javascript:alert(1)'></frameset>",
        "<p style='background:url(https://evil.test/x)'>x</p>",
        "<p style='background:u\\72l(https://evil.test/x)'>x</p>",
        "<p style='background:url&#40;https://evil.test/x&#41;'>x</p>",
        "<p style='background: url (https://evil.test/x)'>x</p>",
        "<p style='background:image-set(\"https://evil.test/x\" 1x)'>x</p>",
        "<p style='list-style:url(https://evil.test/x)'>x</p>",
        "<p style='color:red;/**/background:URL(https://evil.test/x)'>x</p>",
        "<p style='position:fixed;top:0;left:0;z-index:9'>x</p>",
        "<p style='width:expression(alert(1))'>x</p>",
        "<p style='-moz-binding:url(https://evil.test/x)'>x</p>",
        "<p style='behavior:url(x.htc)'>x</p>",
        "<p style='content:attr(title)'>x</p>",
        "<p style='--x:url(https://evil.test/);background:var(--x)'>x</p>",
        "<p style='color:red\";}</style><script>alert(1)</script>'>x</p>",
        "<p title='<img src=x onerror=alert(1)>'>x</p>",
        "<img alt='<img src=x onerror=alert(1)>'>",
        "<img alt='\"><script>alert(1)</script>'>",
        "<img alt='&lt;script&gt;alert(1)&lt;/script&gt;'>",
        "<a href='https://x.test/\"onclick=alert(1)'>x</a>",
        "<a href='https://x.test/'><img alt='</a><script>alert(1)</script>'></a>",
        "<marquee onstart=alert(1)>x</marquee>",
        "<p id=x name=y class=z>x</p><a name=x id=x>y</a>",
        "\0<scr\0ipt>alert(1)</scr\0ipt>",
        "<<script>alert(1)//<</script>",
        "<a href='https://x.test/' target=_self rel=opener ping='https://evil.test/'>x</a>",
    ],
)
def test_nothing_harmful_survives(html):
    assert harm(safe(html)) == []
    assert harm(safe(html + "<br>" * 2_000)) == []  # large documents go another way


PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<mtext>", "<mglyph>"),
        *("<table>", "<td>", "</table>", "<p", "<a", "<img", "<!--", "-->", "<![CDATA[", "]]>", "<noscript>"),
        *("</noscript>", "<title>", "<textarea>", "</textarea>", "<template>", "<select>", "<xmp>", "<b>"),
        *("</b>", "</p>", "<br>", "src=https://evil.test/x", "onerror=alert(1)", "style=", "href="),
        *("javascript:", "data:text/html,", "url(https://evil.test/)", "cid:1", '"', "'", ">", "<", "/", "="),
        *("&", "&lt;", "&gt;", "&quot;", "&#0;", "&colon;", "<form>", "<input>", "<iframe", "srcdoc="),
        *("<object>", "<base", "<meta", "x"),
    ]
)


@settings(max_examples=500)
@given(st.lists(PIECES | st.sampled_from([" ", "\n", "\0", "\t"]), max_size=25).map("".join))
def test_nothing_harmful_comes_of_pieces(html):
    assert harm(safe(html, {"1": GIF})) == []


@given(st.text())
def test_no_text_makes_it_fail(html):
    fragment = safe(html)
    assert harm(fragment) == []
    assert "\0" not in fragment


# Links


@pytest.mark.parametrize(
    "target",
    ["https://x.test/?a=1&amp;b=2", "http://x.test/", "mailto:ana@x.test", "tel:+34600", "HTTPS://X.TEST/ñ"],
)
def test_a_link_opens_elsewhere_and_tells_nobody_where_from(target):
    html = safe(f'<a href="{target}">aquí</a>')
    ((tag, attributes),) = Reader(html).found
    assert tag == "a"
    assert attributes["href"]
    assert attributes["target"] == "_blank"
    assert set(attributes["rel"].split()) == {"noopener", "noreferrer"}


# Pictures


@pytest.mark.parametrize(
    "source",
    [
        "cid:foto@x.test",
        "CID:foto@x.test",
        "cid:foto%40x.test",
        "cid:&lt;foto@x.test&gt;",
        " cid:foto@x.test ",
    ],
)
def test_an_attached_picture_is_shown(source):
    assert Reader(safe(f'<img src="{source}" alt="Foto">', {"foto@x.test": GIF})).found == [
        ("img", {"src": GIF, "alt": "Foto"})
    ]


@pytest.mark.parametrize(
    "picture",
    [
        "https://evil.test/x.gif",
        "javascript:alert(1)",
        "data:text/html,x",
        "data:image/svg+xml;base64,PHN2Zz4=",
        '"onerror="',
        "",
    ],
)
def test_only_pictures_are_put_in(picture):
    assert safe('<img src="cid:1" alt="Foto">', {"1": picture}) == "Foto"


def test_other_pictures_leave_their_text():
    assert (
        safe('a<img src="https://evil.test/x.gif" alt="Logo &lt;b&gt; &amp; más">b')
        == "aLogo &lt;b&gt; &amp; másb"
    )
    assert safe('a<img src="https://evil.test/x.gif">b') == "ab"


def test_a_picture_shown_again_and_again_does_not_fill_the_memory():
    large = "data:image/png;base64," + "A" * 2_000_000
    assert len(safe('<img src="cid:1">' * 1_000, {"1": large})) < 25_000_000


# Styles


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red", "color: red"),
        ("COLOR:Red;", "color: Red"),
        ("color: rgb(1, 2, 3) !important", "color: rgb(1, 2, 3) !important"),
        ('font-family: "Segoe UI", Arial', 'font-family: "Segoe UI", Arial'),
        ("color: red; position: fixed; margin: 0", "color: red; margin: 0"),
        ("background: url(x)", ""),
        ("background: #fff url('x')", ""),
        ("width: calc(100% - 1px)", ""),
        ("color: red; /* x */ margin: 0", "color: red"),
        ("color", ""),
        (":::;;;", ""),
        ("", ""),
    ],
)
def test_a_style_keeps_what_only_changes_the_look(style, kept):
    assert safe_style(style) == kept


# Texts


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hola <b> & adiós", "Hola &lt;b&gt; &amp; adiós"),
        ("uno\ndos\r\ntres", "uno<br>\ndos<br>\ntres"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("", ""),
    ],
)
def test_a_text_is_shown_as_it_is(text, html):
    assert text_as_html(text) == html


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Vea https://x.test/póliza.", "https://x.test/póliza"),
        ("(https://x.test/a)", "https://x.test/a"),
        ("(vea https://x.test/a_(b)), por favor", "https://x.test/a_(b)"),
        ("https://x.test/)))", "https://x.test/"),
        (
            "https://es.wikipedia.org/wiki/Seguro_(contrato)",
            "https://es.wikipedia.org/wiki/Seguro_(contrato)",
        ),
        ("<https://x.test/a>", "https://x.test/a"),
        ("«https://x.test/a».", "https://x.test/a"),
        ("¿https://x.test/?a=1&b=2?", "https://x.test/?a=1&b=2"),
        ("HTTPS://X.TEST/", "HTTPS://X.TEST/"),
        ("https://x.test/a…", "https://x.test/a"),
        ('https://x.test/"onclick="alert(1)', "https://x.test/"),
    ],
)
def test_a_web_address_becomes_a_link(text, target):
    html = text_as_html(text)
    ((tag, attributes),) = Reader(html).found
    assert (tag, attributes["href"]) == ("a", target)
    assert attributes["target"] == "_blank"
    assert set(attributes["rel"].split()) == {"noopener", "noreferrer"}
    assert harm(html) == []


@given(st.text(alphabet="htps:/.x()<>&\"' \n\0\t", max_size=60))
def test_no_text_does_harm(text):
    assert harm(text_as_html(text)) == []


# The document


def test_the_policy_comes_first_in_the_document():
    first = Reader(document("<p>Hola</p>")).found
    metas = [attributes for tag, attributes in first if tag == "meta"]
    assert metas[0] == {"http-equiv": "Content-Security-Policy", "content": CSP}
    assert [tag for tag, _ in first[:3]] == ["html", "head", "meta"]
    assert ("base", {"target": "_blank"}) in first
    assert {"charset": "utf-8"} in metas
    assert document("<p>Hola</p>").startswith("<!doctype html>")
    assert "<p>Hola</p>" in document("<p>Hola</p>")


def test_the_policy_fetches_nothing():
    assert CSP == "default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'"


# Time

FLOODS = [
    *(
        "<",
        "</",
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<div>",
        "<blockquote>",
        "<ul><li>",
        "<table>",
        "<table><tr><td>",
        "<td>",
    ),
    *("<a href=x>", "<a><div>", "<b></p>", "<b><div></b>", "<i><p></i>", "<font>x<p>", "<svg>", "<math><mi>"),
    *(
        "<svg><foreignObject>",
        "<template>",
        "<select>",
        "<button>",
        "<nobr>",
        "<details>",
        "<ruby><rt>",
        "<dd>",
        "<form>",
    ),
    *(
        "<!--",
        "<![CDATA[",
        "<?",
        "<style>",
        "<script>",
        "<textarea>",
        "<plaintext>",
        "<xmp>",
        "<noscript>",
        "<title>",
    ),
    *(
        "&",
        "&#",
        "&amp;",
        "&amp",
        "&notit;",
        "<a b=",
        '<a b="',
        "<x a=1 b=2>",
        "<img src=cid:1 ",
        "<p style='color:red'>",
    ),
    *(
        "<body a=1>",
        "<html b=2>",
        "<frameset>",
        "<caption>",
        "<col>",
        "<b><table>",
        "<table><b>",
        "<table>x",
        "\0",
        "x",
    ),
]


@pytest.mark.parametrize("piece", FLOODS)
def test_html_is_made_safe_in_time_in_proportion(piece):
    assert is_linear(safe, lambda size: piece * size, 5_000)


def test_elements_opened_again_and_again_do_not_fill_the_memory():
    html = "<p>" + "".join(f"<b title={number}>" for number in range(5_000)) + "<p>x" * 50_000
    assert len(safe(html)) < 20 * len(html)


def test_an_element_of_many_attributes_takes_time_in_proportion():
    assert is_linear(safe, lambda size: "<p " + " ".join(f"a{n}=1" for n in range(size)) + ">", 5_000)


@pytest.mark.parametrize(
    "piece",
    [
        "x",
        "\n",
        " ",
        "\t",
        "http://",
        "https://x.test ",
        "https://x",
        ")",
        "(",
        "(http://x)",
        ".",
        "&",
        "<",
        "\r",
    ],
)
def test_a_text_is_shown_in_time_in_proportion(piece):
    assert is_linear(text_as_html, lambda size: "https://x" + piece * size, 25_000)


@pytest.mark.parametrize("piece", [";", ":", "color:red;", "(", "rgb(", "a(", " ", "-", "x"])
def test_a_style_is_read_in_time_in_proportion(piece):
    assert is_linear(safe_style.__wrapped__, lambda size: "color:" + piece * size, 25_000)
