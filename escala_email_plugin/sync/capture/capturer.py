"""Deals with what came to capture addresses, while a mailbox is gathered."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ...mail.transfer import Raw
from ...models import CaptureAddress, EmailAccount, Folder, Location
from ...servers.imap import Detail
from ..fetch import Catch, Taken, read
from . import refused
from .address import own_addresses
from .answer import answer
from .judge import Facts, Refusal, refusal
from .letter import Filed, file
from .sender import head, verdict_on
from .twins import FORWARDED

logger = logging.getLogger(__name__)


@dataclass
class Capturer:
    """``tagged``: by UID, the tags of the batch's captured messages; ``beside``: the UIDs of those that are
    the account's own mail, too.
    """

    account: EmailAccount
    tagged: Mapping[int, frozenset[str]] = field(default_factory=dict)
    beside: Collection[int] = ()
    #: What was refused of the latest catches, until ``settle``: UID, address and reason.
    _refused: list[tuple[int, CaptureAddress, Refusal]] = field(default_factory=list)
    #: And what concerns no contact: the address, the mail, its header and what was found out about it.
    _unmatched: list[tuple[CaptureAddress, Taken, bytes, Filed]] = field(default_factory=list)

    def read(self, catch: Catch, uid: int, raw: Raw, detail: Detail) -> None:
        """Read one message into the catch: as ``fetch.read``, or as what it is to who captured it."""
        if uid not in self.tagged:
            return read(catch, uid, raw, detail)
        aside, taken = len(catch.set_aside), len(catch.taken)
        read(catch, uid, raw, detail)
        # What is kept to be tried again is shown to people, and this one's header shows a tag.
        catch.set_aside[aside:] = [replace(one, raw=None) for one in catch.set_aside[aside:]]
        for outer in catch.taken[taken:]:
            catch.taken[taken:] = self._captured(outer, raw)
            if uid in self.beside:
                also = [one if one.part else replace(one, part=Location.ALSO) for one in catch.taken[taken:]]
                catch.taken[taken:] = [*also, outer]

    def forwarded(self, folder: Folder) -> set[int]:
        """The UIDs of the batch in which a forwarded message was found before."""
        if not self.tagged:
            return set()
        here = folder.locations.filter(FORWARDED, uidvalidity=folder.uidvalidity, uid__in=list(self.tagged))
        return set(here.values_list("uid", flat=True))

    def settle(self, folder: Folder, is_new: bool) -> None:
        """After the catches were recorded: tell the users what did not become anything.

        ``is_new``: it was looked at for the first time, and not in a search through what was there before.
        """
        for uid, one, reason in self._refused:
            refused.note(one, f"{folder.pk}/{folder.uidvalidity}/{uid}", reason)
        for one, outer, header, filed in self._unmatched if is_new else ():
            answer(one, outer, header, filed, self.account)
        self._refused.clear()
        self._unmatched.clear()

    def _captured(self, outer: Taken, raw: Raw) -> list[Taken]:
        named = CaptureAddress.objects.filter(token__in=self.tagged[outer.uid])
        for one in named.select_related("user").order_by("pk"):
            reason = refusal(self._facts(outer, raw, one))
            if reason is None:
                return self._filed(outer, raw, one)
            self._refused.append((outer.uid, one, reason))
        return []

    def _filed(self, outer: Taken, raw: Raw, one: CaptureAddress) -> list[Taken]:
        filed = file(outer, raw, one, self.account)
        if filed.is_unmatched:
            self._unmatched.append((one, outer, head(raw), filed))
        return filed.taken

    def _facts(self, outer: Taken, raw: Raw, one: CaptureAddress) -> Facts:
        senders = [person.address for person in outer.parsed.people if person.role == "from"]
        return Facts(
            senders=senders,
            own=own_addresses(one.user) if one.user else (),
            verdict=verdict_on(head(raw), senders[0], self.account) if senders else "none",
            arrived=outer.detail.arrived,
            ended_at=one.ended_at,
            is_here=one.user is not None and one.user.is_active,
        )
