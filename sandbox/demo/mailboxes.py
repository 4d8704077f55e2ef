"""All the mail that lies in the mailboxes on the first day, oldest first, as it would have arrived."""

from collections.abc import Iterable
from datetime import datetime

from sandbox.demo.busy import busy
from sandbox.demo.correspondence import correspondence
from sandbox.demo.letter import Letter
from sandbox.demo.oddities import oddities
from sandbox.demo.strangers import strangers


def demo_mail(now: datetime) -> Iterable[Letter]:
    """Every letter. The same ``now``, the same bytes. ``now`` must be aware."""
    letters = [*correspondence(now), *busy(now), *strangers(now), *oddities(now)]
    return sorted(letters, key=lambda letter: letter.arrived)
