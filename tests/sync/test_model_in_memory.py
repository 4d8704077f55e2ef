"""The model of ``test_model`` at servers in memory, of every skill: less true, and many more sequences."""

import contextlib
import itertools
from functools import partial

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from escala_email_plugin.servers import pool
from escala_email_plugin.sync.account import sync_account
from tests.making import account

from .happenings import BOX
from .machine import SKILLS, Machine, few_at_a_time
from .model import Box
from .mortal import is_write
from .scripted import Session, World

pytestmark = pytest.mark.django_db(transaction=True)


#: What a server may answer nonsense about, by the attributes of ``World``.
ABOUT = ["bad_headers", "bad_bodies", "bad_details", "silent_headers", "silent_details"]


class InMemory:
    """An owner whose mailbox is a ``World``."""

    def __init__(self, world: World, folders: list[str]):
        self.world = world
        self._validities, self._numbers = itertools.count(1000), itertools.count(1)
        for folder in folders:
            self.create(folder)

    def create(self, folder: str) -> None:
        self.world.folders[folder] = {}
        self.world.validity[folder] = next(self._validities)
        self.world.mailbox_ids[folder] = f"box{next(self._numbers)}"

    def delete(self, folder: str) -> None:
        world = self.world
        for held in (world.folders, world.validity, world.mailbox_ids, world.gone, world.following):
            held.pop(folder, None)

    def rename(self, folder: str, to: str) -> bool:
        for one in list(self.world.folders):
            if one == folder or one.startswith(f"{folder}/"):
                self.world.rename(one, to + one.removeprefix(folder))
        return True

    def renumber(self, folder: str) -> None:
        self.world.renumber(folder)
        self.world.validity[folder] = next(self._validities)

    def append(self, folder: str, raw: bytes) -> None:
        self.world.put(raw, folder)

    def copy(self, folder: str, at: int, to: str) -> None:
        self.world.put(self.world.folders[folder][self._uid(folder, at)], to)

    def move(self, folder: str, at: int, to: str) -> None:
        self.world.move(self._uid(folder, at), folder, to)

    def expunge(self, folder: str, at: int) -> None:
        self.world.remove(self._uid(folder, at), folder)

    def sees(self) -> dict:
        return {folder: dict(box) for folder, box in self.world.folders.items()}

    def _uid(self, folder: str, at: int) -> int:
        return sorted(self.world.folders[folder])[at]


class Dead(BaseException):
    """The worker is dead: whatever it still tries fails."""


class Life:
    """Ends before the n-th statement that writes ("write") or command to the server ("read"), for ever."""

    def __init__(self, kind: str, number: int):
        self._kind, self._left = kind, number

    def passes(self, kind: str) -> None:
        self._left -= kind == self._kind
        if self._left <= 0:
            raise Dead

    @contextlib.contextmanager
    def lived(self, monkeypatch):
        def execute(execute, sql, params, many, context):
            self.passes("write" if is_write(sql) else "")
            return execute(sql, params, many, context)

        command = Session._command
        with monkeypatch.context() as patch, contextlib.suppress(Dead):
            patch.setattr(Session, "_command", lambda *arguments: self.passes("read") or command(*arguments))
            with connection.execute_wrapper(execute):
                yield
        connection.close()


class MemoryMachine(Machine):
    """Both mailboxes are in memory; a dying worker is one that nothing obeys any more."""

    def __init__(self, monkeypatch, staff: list):
        super().__init__()
        self._patch, self._staff = monkeypatch, staff
        self._worlds: dict[str, World] = {}
        monkeypatch.setattr(pool, "session", lambda server, who, **_: self._worlds[who.user].session())

    def open(self, number: int, skills: set[str]) -> Box:
        address = f"seller{number}@andina.test"
        told = {skill: skill in skills for skill in SKILLS}
        self._worlds[address] = World(**told)
        box = Box(account(self._staff[number], address), None)
        box.owner = InMemory(self._worlds[address], list(box.folders))
        return box

    @rule(box=BOX, about=st.sampled_from(ABOUT), uid=st.integers(1, 6))
    def server_answers_nonsense(self, box, about, uid):
        """About whichever message has that number, or not a word where an answer is due."""
        getattr(self.model.boxes[box].owner.world, about).add(uid)

    @rule(box=BOX)
    def server_comes_to_its_senses(self, box):
        for about in ABOUT:
            getattr(self.model.boxes[box].owner.world, about).clear()

    def calm(self) -> None:
        self.server_comes_to_its_senses(0)
        self.server_comes_to_its_senses(1)

    def sync(self, box: Box) -> bool:
        return sync_account(box.account.pk)

    def sync_and_die(self, box: Box, kind: str, number: int) -> None:
        with Life(kind, number).lived(self._patch):
            sync_account(box.account.pk)


def test_whatever_happens_the_crm_is_what_the_mailboxes_are(monkeypatch, seller, colleague):
    few_at_a_time(monkeypatch)
    run_state_machine_as_test(
        partial(MemoryMachine, monkeypatch, [seller, colleague]),
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
