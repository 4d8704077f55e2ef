"""The scripts and styles of a record's conversations, wherever they stand."""

#: One idea a file; the first holds what several of them use.
SCRIPTS = (
    "escala_email",
    "frame",
    "images",
    "visit",
    "list",
    "newer",
    "keys",
    "return",
    "thread",
    "ties",
    "cards",
)
STYLES = ("escala_email", "panels", "list", "thread", "safe", "ties", "cards")

JS = [f"escala_email/js/{name}.js" for name in SCRIPTS]
CSS = {"all": [f"escala_email/css/{name}.css" for name in STYLES]}
