"""The stand-in's pages, in Spanish as the sandbox is: plain HTML with forms, no script."""

from html import escape

from . import scopes

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #eef1f4; color: #1f2937; }
main { max-width: 30rem; margin: 2rem auto; padding: 1.5rem 2rem; background: #fff; border-radius: 0.75rem; }
h1 { font-size: 1.375rem; line-height: 1.25; }
h2 { font-size: 1.125rem; line-height: 1.25; }
fieldset { margin: 1rem 0; padding: 0.5rem 1rem; border: 1px solid #cbd5e1; border-radius: 0.5rem; }
label { display: block; padding: 0.25rem 0; overflow-wrap: anywhere; }
small, .aside { color: #4b5563; }
code { font-size: 0.8125rem; overflow-wrap: anywhere; }
button { margin: 0.25rem 0.5rem 0.25rem 0; padding: 0.5rem 1rem; border: 1px solid #1d4ed8;
         border-radius: 0.5rem; background: #fff; color: #1d4ed8; font: inherit; cursor: pointer; }
button[value="allow"] { background: #1d4ed8; color: #fff; }
button:focus-visible, input:focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
"""

#: What a mood of the token endpoint is called.
MOODS = {
    "": "bien",
    "busy": "ocupado (429)",
    "broken": "averiado (500)",
    "garbage": "responde sin sentido",
    "empty": "responde sin permiso",
    "huge": "responde demasiado",
    "slow": "gotea",
    "silent": "no responde",
    "redirect": "manda a otro sitio",
    "stranger": "no conoce al CRM",
}


def _page(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="es"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style><title>{escape(title)}</title>"
        f"<main><h1>{escape(title)}</h1>{body}</main></html>"
    ).encode()


def consent(name: str, accounts: list[str], query: str, asked: list[str], hint: str) -> bytes:
    """Which account, and what it allows. ``query`` is the request's, which comes back with the answer."""
    first = hint if hint in accounts else accounts[0]
    rows = "".join(
        f'<label><input type="radio" name="account" value="{escape(one)}"'
        f"{' checked' if one == first else ''}> {escape(one)}</label>"
        for one in accounts
    )
    ticks = "".join(_tick(one) for one in asked)
    return _page(
        f"{name} de prueba",
        '<form method="post" action="/consent">'
        f'<p>El CRM quiere entrar en una cuenta. <span class="aside">Esto no es {name}: es su doble, en esta '
        "máquina.</span></p>"
        f'<input type="hidden" name="query" value="{escape(query)}">'
        f"<fieldset><legend>Elige una cuenta</legend>{rows}</fieldset>"
        f"<fieldset><legend>El CRM podrá</legend>{ticks}</fieldset>"
        '<button name="answer" value="allow">Permitir</button>'
        '<button name="answer" value="cancel">Cancelar</button></form>'
        '<p><a href="/">Mis permisos</a></p>',
    )


def _tick(scope: str) -> str:
    """A right that is asked for. Only the one to the mail can be refused, as at the real ones."""
    kind = scopes.resource(scope)
    text = "Leer y enviar tu correo" if kind == scopes.MAIL else "Saber quién eres"
    if kind != scopes.MAIL:
        return f'<input type="hidden" name="scope" value="{escape(scope)}">' + (
            f"<label>✓ {text}<br><code>{escape(scope)}</code></label>" if kind else ""
        )
    return (
        f'<label><input type="checkbox" name="scope" value="{escape(scope)}" checked> {text}<br>'
        f"<code>{escape(scope)}</code></label>"
    )


def overview(accounts: list[str], held: dict[str, int], mood: str) -> bytes:
    """Who has allowed something, with a button that withdraws it, and how the token endpoint is."""
    rows = "".join(
        f"<p>{escape(one)}: {_permissions(held.get(one, 0))}"
        + (f' <button name="withdraw" value="{escape(one)}">Retirar</button>' if held.get(one) else "")
        + "</p>"
        for one in accounts
    )
    buttons = "".join(f'<button name="mood" value="{one}">{text}</button>' for one, text in MOODS.items())
    return _page(
        "Google y Microsoft de prueba",
        f'<form method="post" action="/switch"><h2>Permisos dados</h2>{rows}<h2>Cómo está el proveedor</h2>'
        f"<p>Ahora: <strong>{escape(MOODS.get(mood, mood))}</strong></p><p>{buttons}</p></form>",
    )


def _permissions(number: int) -> str:
    return {0: "ninguno", 1: "1 permiso"}.get(number, f"{number} permisos")


def refused(reason: str) -> bytes:
    """The request makes no sense."""
    return _page("Eso no se puede permitir", f"<p>{escape(reason)}</p>")
