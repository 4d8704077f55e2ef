"""Builds compile the message catalogues. Everything else is declared in ``setup.cfg``."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).resolve().parent))  # isolated builds leave it out

from catalogues import compile_catalogues


class BuildWithCatalogues(build_py):
    """Compile first: the package's data files are listed afterwards. Editable installs pass here too."""

    def run(self) -> None:
        compile_catalogues()
        super().run()


setup(cmdclass={"build_py": BuildWithCatalogues})
