"""What the host's own requests, and what happens to an account, ask of the worker.

A host without one must not notice.
"""

from django.apps import apps
from django.conf import settings


def look_for_earlier_mail() -> None:
    """Order the search for the earlier mail of the addresses that came to the records.

    Only where a worker can take the order: a Huey that is *immediate* would read whole mailboxes inside
    the web request, and one that is not set up ends the process when it is imported. What is not ordered is
    found by the worker within a minute, or by the next ``manage.py escala_email sync``.
    """
    if _takes_orders():
        from .tasks import spread_lookups

        spread_lookups()


def tell(account_id: int, **_more: object) -> None:
    """Order the mail to who must connect the account again. What is not ordered is found within minutes."""
    if _takes_orders():
        from .tasks import tell_of_reconnect

        tell_of_reconnect(account_id)


def tell_of_request(request_id: int, **_more: object) -> None:
    """Order the mail to who is asked for access. What is not ordered is found within minutes."""
    if _takes_orders():
        from .tasks import tell_of_request

        tell_of_request(request_id)


def reindex() -> None:
    """Have all rows of the records' addresses mended; where nobody takes orders, here and now."""
    if _takes_orders():
        from . import tasks

        tasks.reindex()
    else:
        from .record_index import reindex as mend

        for _progress in mend():
            pass


def take_back(account_id: int) -> None:
    """Order that the consent of an account whose owner left is taken back at its provider. Without a worker
    it is done here, in a few seconds at most.
    """
    if _takes_orders():
        from .tasks import take_back as task

        task(account_id)
        return
    from .sync import taking_back

    taking_back.let_go(account_id)


def _takes_orders() -> bool:
    if not getattr(settings, "HUEY", None) or not apps.is_installed("huey.contrib.djhuey"):
        return False
    from huey.contrib.djhuey import HUEY

    return not HUEY.immediate
