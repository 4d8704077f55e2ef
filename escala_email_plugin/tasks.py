"""Huey tasks: each a line over one action. Arguments are ids, for they are stored and logged."""

import gc
import random
from contextlib import suppress
from datetime import datetime

from huey import crontab
from huey.contrib.djhuey import close_db, db_periodic_task, db_task, on_startup

from . import conf
from .privacy import erase_person as _people
from .privacy.access import telling as request_telling
from .privacy.leavers_mail import due as leavers_due
from .privacy.leavers_mail import remove as _remove_leavers_mail
from .privacy.leaving import mend as _mend_leavers
from .privacy.left_out import is_due as left_out_due
from .privacy.left_out import remove as _remove_left_out
from .privacy.retention import remove_the_old as _remove_the_old
from .record_index import reindex as _reindex
from .sync.account import sync_account as _sync_account
from .sync.audit import audit as _audit
from .sync.beat import WORKER
from .sync.beat import beat as _beat
from .sync.due import due, is_due
from .sync.erase import due as erasures_due
from .sync.erase import erase as _erase
from .sync.forget import forget as _forget
from .sync.lease import is_held
from .sync.lookups import spread, waiting
from .sync.nightly import due as audits_due
from .sync.preview import due as previews_due
from .sync.preview import preview as _preview
from .sync.progress import tidy
from .sync.search_index import add_earlier as _add_earlier
from .sync.standing import due as unread_due
from .sync.standing import look as _look_in
from .sync.taking_back import due as left_behind
from .sync.taking_back import let_go as _let_go
from .sync.telling import claim as claim_telling
from .sync.telling import tell, untold
from .sync.token import renew_access as _renew_access
from .sync.token import renew_due

#: Seconds after which a long synchronisation makes room for the other accounts.
SHIFT = 180

#: Seconds for which older mail is prepared for the search, each minute.
SEARCH_SHIFT = 30

#: Seconds until an audit is tried again that found somebody at work on its account, and how often it is.
AUDIT_PAUSE, AUDIT_ATTEMPTS = 300, 12

#: Seconds until a mail that failed is sent again, each time twice as long, and how often that is tried.
TELL_PAUSE, TELL_ATTEMPTS = 300, 8


@on_startup("escala_email.settle_in")
def settle_in() -> None:
    """Each worker before its first task: what would otherwise delay a synchronisation.

    What was imported is there for good: no collection need look at it again, and a full one takes 50 ms less.
    """
    with suppress(OSError):  # each account says so
        conf.ssl_context()
    gc.collect()
    gc.freeze()


# It expires before the next one is ordered: a busy worker must not log in ten times in a row.
@db_task(name="escala_email.sync_account", expires=55)
def sync_account(account_id: int) -> None:
    """Synchronise one account; what takes long goes to the end of the queue again and again.

    Harmless when somebody is at it already.
    """
    _sync_account(account_id, SHIFT)
    if is_due(account_id):
        sync_account(account_id)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.sync_due_accounts")
def sync_due_accounts() -> None:
    """Every minute: one task for each account whose time has come."""
    for account_id in due():
        sync_account(account_id)


@db_task(name="escala_email.preview", expires=55)
def preview(account_id: int) -> None:
    """Count what a first synchronisation of one account would bring."""
    _preview(account_id)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.preview_due_accounts")
def preview_due_accounts() -> None:
    """Every minute: one task for each preview that was never begun or did not come to its end."""
    for account_id in previews_due():
        preview(account_id)


@db_task(name="escala_email.audit")
def audit(account_id: int, attempt: int = 1) -> None:
    """Compare one account with its mailbox; later, where somebody else is at work on it."""
    if _audit(account_id) is None and is_held(account_id) and attempt < AUDIT_ATTEMPTS:
        audit.schedule((account_id, attempt + 1), delay=AUDIT_PAUSE)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.audit_due_accounts")
def audit_due_accounts() -> None:
    """In the quiet hours: one task for each account whose time has come."""
    for account_id in audits_due():
        audit(account_id, expires=290)


@on_startup(name="escala_email.beat")
@close_db
def begun() -> None:
    """A worker has begun: whoever looks need not wait for its first minute."""
    _beat(WORKER)


# Those of a worker that was busy for an hour must not all be written one after another.
@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.beat", expires=55)
def beat() -> None:
    """Every minute: the worker is alive."""
    _beat(WORKER)


@db_task(name="escala_email.renew_access", expires=55)
def renew_access(account_id: int) -> None:
    """Renew one account's access token. A synchronisation that could not begin meanwhile begins then."""
    _renew_access(account_id)
    if is_due(account_id):
        sync_account(account_id)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.renew_access_due")
def renew_access_due() -> None:
    """Every minute: one task for each access token that ends soon, so that everybody finds a good one."""
    for account_id in renew_due():
        renew_access(account_id)


# Addresses that come to the records and leave them.


@db_task(name="escala_email.spread_lookups", expires=55)
def spread_lookups() -> None:
    """Have the earlier mail of the addresses that came looked for, at once."""
    for account_id in spread():
        sync_account(account_id)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.spread_lookups_left_over")
def spread_lookups_left_over() -> None:
    """Every minute: what nobody ordered, or whose order was lost."""
    if waiting():
        spread_lookups()


@db_task(name="escala_email.reindex")
def reindex() -> None:
    """Mend the rows of the records' addresses, all of them."""
    for _progress in _reindex():
        pass


@db_task(name="escala_email.remove_left_out", expires=50)
def remove_left_out() -> None:
    """Remove what is stored and a list leaves out, where that was ordered with its entries."""
    _remove_left_out()


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.remove_left_out_due")
def remove_left_out_due() -> None:
    """Every minute: what nobody ordered, or whose worker died, and once more what came meanwhile."""
    if left_out_due():
        remove_left_out()


@db_task(name="escala_email.erase", expires=290)
def erase(account_id: int) -> None:
    """Remove one account with its stored mail; what takes long goes to the end of the queue."""
    if not _erase(account_id, SHIFT) and account_id in erasures_due():
        erase(account_id)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.erase_due_accounts")
def erase_due_accounts() -> None:
    """Every five minutes: one task for each removal that nobody ordered or whose worker died."""
    for account_id in erasures_due():
        erase(account_id)


@db_task(name="escala_email.erase_person", expires=290)
def erase_person(erasure_id: int) -> None:
    """Remove what there is of a person; what takes long goes to the end of the queue."""
    if not _people.erase(erasure_id, SHIFT) and erasure_id in _people.due():
        erase_person(erasure_id)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.erase_people_left_over")
def erase_people_left_over() -> None:
    """Every five minutes: one task for each person that nobody ordered or whose worker died."""
    for erasure_id in _people.due():
        erase_person(erasure_id)


@db_task(name="escala_email.forget")
def forget() -> None:
    """Remove the mail that has concerned no record for longer than the time of grace, and old runs."""
    _forget()
    tidy()
    _people.tidy()


@db_periodic_task(crontab(minute="0", hour="3", strict=True), name="escala_email.forget_nightly")
def forget_nightly() -> None:
    """Every night, some time within an hour: sites that share a server do not all begin at once."""
    forget.schedule(delay=random.randrange(3600))  # noqa: S311 (jitter, not a secret)


# Accounts that nothing reads, and those that must be connected again.


@db_task(name="escala_email.look_in", expires=290)
def look_in(account_id: int) -> None:
    """See whether one account that nothing reads is still connected."""
    _look_in(account_id)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.look_in_due_accounts")
def look_in_due_accounts() -> None:
    """Every five minutes: one task for each of them whose time has come."""
    for account_id in unread_due():
        look_in(account_id)


@db_task(name="escala_email.tell_of_reconnect")
def tell_of_reconnect(account_id: int) -> None:
    """Tell who must connect the account again, unless somebody does."""
    claimed = claim_telling(account_id)
    if claimed:
        tell_again.call_local(account_id, *claimed)


@db_task(name="escala_email.tell_again")
def tell_again(account_id: int, told_at: datetime, user_ids: list[int], attempt: int = 1) -> None:
    """Tell these users of the fall that was claimed at ``told_at``; later, whose mail failed."""
    failed = tell(account_id, told_at, user_ids)
    if failed and attempt < TELL_ATTEMPTS:
        delay = TELL_PAUSE * 2 ** (attempt - 1)
        tell_again.schedule((account_id, told_at, failed, attempt + 1), delay=delay)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.tell_left_over")
def tell_left_over() -> None:
    """Every five minutes: what nobody ordered, or whose order was lost."""
    for account_id in untold():
        tell_of_reconnect(account_id)


# Questions for access.


@db_task(name="escala_email.tell_of_request")
def tell_of_request(request_id: int) -> None:
    """Tell the owner of a question, unless somebody does."""
    told_at = request_telling.claim(request_id)
    if told_at:
        tell_of_request_again.call_local(request_id, told_at)


@db_task(name="escala_email.tell_of_request_again")
def tell_of_request_again(request_id: int, told_at: datetime, attempt: int = 1) -> None:
    """Tell of the question that was claimed at ``told_at``; later, where the mail failed."""
    if not request_telling.tell(request_id, told_at) and attempt < TELL_ATTEMPTS:
        delay = TELL_PAUSE * 2 ** (attempt - 1)
        tell_of_request_again.schedule((request_id, told_at, attempt + 1), delay=delay)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.tell_of_requests_left_over")
def tell_of_requests_left_over() -> None:
    """Every five minutes: what nobody ordered, or whose order was lost."""
    for request_id in request_telling.untold():
        tell_of_request(request_id)


# Who leaves, and mail that is not kept any longer.


@db_task(name="escala_email.take_back")
def take_back(account_id: int) -> None:
    """Take the consent of an account whose owner left back at its provider."""
    _let_go(account_id)


@db_periodic_task(crontab(minute="*/5", strict=True), name="escala_email.follow_users")
def follow_users() -> None:
    """Every five minutes: who left or came back unseen, and consents whose order was lost."""
    _mend_leavers()
    for account_id in left_behind():
        take_back(account_id)


@db_task(name="escala_email.remove_leavers_mail", expires=3600)
def remove_leavers_mail(account_id: int) -> None:
    """Remove what goes of the mail of one who left; what takes long goes to the end of the queue."""
    if not _remove_leavers_mail(account_id, SHIFT) and account_id in leavers_due():
        remove_leavers_mail(account_id)
    elif account_id in erasures_due():
        erase(account_id)


@db_periodic_task(crontab(minute="15", hour="1-5", strict=True), name="escala_email.remove_leavers_nightly")
def remove_leavers_mail_nightly() -> None:
    """Some times a night: one task for each mailbox of who left, of which something is still to go."""
    for account_id in leavers_due():
        remove_leavers_mail(account_id)


@db_task(name="escala_email.remove_the_old", expires=3600)
def remove_the_old() -> None:
    """Remove the mail that is older than was decided; what takes long goes to the end of the queue."""
    if not _remove_the_old(SHIFT):
        remove_the_old()


@db_periodic_task(crontab(minute="45", hour="2,4", strict=True), name="escala_email.remove_the_old_nightly")
def remove_the_old_nightly() -> None:
    """Twice a night, some time within half an hour: the second finds what a worker that died left."""
    remove_the_old.schedule(delay=random.randrange(1800))  # noqa: S311 (jitter, not a secret)


@db_periodic_task(crontab(minute="*", strict=True), name="escala_email.prepare_search", expires=55)
def prepare_search() -> None:
    """Every minute: mail that was stored before it could be searched, a part of it. Else one small query."""
    _add_earlier(SEARCH_SHIFT)
