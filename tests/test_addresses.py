"""The rows behind addresses, and who waits for whom."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from escala_email_plugin import addresses

pytestmark = pytest.mark.django_db(transaction=True)


def worker(pks: list[int], outcome: list[str]) -> threading.Thread:
    """A worker that wants these addresses, on another connection, as far as it comes in a moment."""

    def run() -> None:
        try:
            with transaction.atomic():
                addresses.lock_yielding(pks)
                outcome.append("locked")
        except OperationalError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.3)
    return thread


def test_a_worker_that_waits_for_an_address_holds_none_the_host_may_want_next():
    pks = list(addresses.ids([f"n{n}@x.test" for n in range(3)]).values())
    outcome: list[str] = []
    with transaction.atomic():
        addresses.lock(pks[2:])
        other = worker(pks, outcome)
        if connection.vendor == "postgresql":
            # Not to wait until the database notices that the two wait for one another.
            connection.cursor().execute("SET LOCAL lock_timeout = '300ms'")
        addresses.lock(pks[:1])
        assert outcome == []
    other.join()
    assert outcome == ["locked"]


@pytest.fixture
def held(monkeypatch):
    """held(times): so often somebody else has the addresses."""

    def hold(times: int) -> list[int]:
        looks: list[int] = []

        def lock(pks, nowait):
            looks.append(1)
            if len(looks) <= times:
                raise OperationalError("could not obtain lock")

        monkeypatch.setattr(addresses, "lock", lock)
        monkeypatch.setattr(addresses, "LOOK_AGAIN", (0, 0))
        return looks

    return hold


def test_a_worker_looks_again_until_the_addresses_are_free(held):
    looks = held(3)
    addresses.lock_yielding([1])
    assert len(looks) == 4


def test_a_worker_waits_only_so_long(held, monkeypatch):
    held(1000)
    monkeypatch.setattr(addresses, "PATIENCE", 0)
    with pytest.raises(OperationalError):
        addresses.lock_yielding([1])
