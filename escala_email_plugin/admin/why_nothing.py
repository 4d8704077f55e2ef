"""Why a record's page shows no conversation."""

from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ..mail.patterns import candidates
from ..models import EmailAccount, RecordAddress, Rule
from ..modules import module_of
from ..permissions import CONNECT_PERSONAL_ACCOUNT, MANAGE_PRIVACY
from ..record_index import addresses_of
from ..sync.connection import connected
from .list_words import COMMON, OWN


@dataclass(frozen=True)
class Nothing:
    """``code``: no_address, not_connected, listed, running, or none.

    Of listed also the ``sentence``, and the ``url`` of the entry, "" for who may not see it.
    """

    code: str
    sentence: str = ""
    url: str = ""


def why_nothing(record: Any, user: Any) -> Nothing:
    """Why ``user`` sees no conversation of ``record``, for who may see it."""
    account = connected(EmailAccount.Kind.PERSONAL, user)
    if entry := _entry(record, account):
        return _listed(entry, user)
    content_type = ContentType.objects.get_for_model(record)
    if not RecordAddress.objects.filter(content_type=content_type, object_id=str(record.pk)).exists():
        return Nothing("no_address")
    if account is None:
        return Nothing("not_connected" if user.has_perm(CONNECT_PERSONAL_ACCOUNT) else "none")
    return Nothing("running" if account.last_success is None else "none")


def _entry(record: Any, account: EmailAccount | None) -> Rule | None:
    """What leaves out an address of ``record``, on the account's own lists or on those for everybody."""
    # From the record itself: who is no contact for anybody has no row in the index.
    held = addresses_of(module_of(type(record)), [record.pk]).get(str(record.pk), ())
    meaning = Rule.objects.filter(pattern__in={pattern for one in held for pattern in candidates(one)})
    meant = meaning.filter(Q(account=account) | Q(account=None))
    return meant.order_by(F("account").asc(nulls_last=True), "kind", "pattern").first()


def _listed(entry: Rule, user: Any) -> Nothing:
    if entry.account_id is None:
        text, words = _("This record's address is on the list “%(list)s” for everybody."), COMMON
        url, may_see = reverse("escala_email:common_lists"), user.has_perm(MANAGE_PRIVACY)
    else:
        text, words = _("This record's address is on your list “%(list)s”."), OWN
        url = reverse("escala_email:lists", args=[EmailAccount.Kind.PERSONAL])
        may_see = user.has_perm(CONNECT_PERSONAL_ACCOUNT)
    title = next(one.title for one in words if one.id == entry.kind)
    where = f"{url}?{urlencode({'list': entry.kind, 'q': entry.pattern})}"
    return Nothing("listed", text % {"list": title}, where if may_see else "")
