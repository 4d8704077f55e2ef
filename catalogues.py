"""Compile the message catalogues: every ``.po`` gets its ``.mo`` beside it.

``setup.py`` does this for every wheel and editable install; ``python catalogues.py`` does it in a
checkout whose catalogues were edited. Babel reads and writes the files, so GNU gettext is not needed.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write the ``.mo`` of every ``.po`` of the package and the sandbox; return their paths.

    Raises ``babel.messages.pofile.PoFileError`` for a catalogue that is not well formed.
    """
    compiled = []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        target = source.with_suffix(".mo")
        with target.open("wb") as file:
            write_mo(file, catalogue)
        compiled.append(target)
    return compiled


if __name__ == "__main__":
    for path in compile_catalogues():
        print(path.relative_to(ROOT))
