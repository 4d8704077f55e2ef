"""What was decided in advance for all mailboxes: the one row of it."""

from ..models import Policy


def policy() -> Policy:
    """The row, made where nobody decided anything yet: for who changes it. Two at once get the same one."""
    return Policy.objects.get_or_create(pk=1)[0]


def decided() -> Policy:
    """What holds now, for who only reads it: not stored where nobody decided anything yet."""
    return Policy.objects.filter(pk=1).first() or Policy(pk=1)
