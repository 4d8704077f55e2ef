"""What is measured, in a process of its own: ``python -m tests.benchmarks.timeline_pages MESSAGES RUNS``.

Ends by printing a line of JSON. The database is the one of ``tests.benchmarks.settings``, and empty.
"""

import json
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

DAY = datetime(2026, 1, 1, tzinfo=UTC)

#: Messages of a conversation, and rows written at once.
LENGTH, BATCH = 5, 1000


def user(name: str, *left_out: str) -> Any:
    """A seller, but for the permissions that are ``left_out``."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Permission

    from escala_email_plugin import permissions

    codes = {one.rpartition(".")[2] for one in permissions.SALES} - set(left_out)
    made = get_user_model().objects.create_user(name)
    made.user_permissions.set(Permission.objects.filter(codename__in=[*codes, "access_admin", "view_person"]))
    return made


def account(name: str, owner: Any = None, **values: Any) -> Any:
    from escala_email_plugin.models import EmailAccount

    kind = "personal" if owner else "shared"
    address = f"{name}@broker.example"
    return EmailAccount.objects.create(kind=kind, owner=owner, address=address, mode="off", **values)


def record(name: str) -> Any:
    from sandbox.crm.models import Person

    return Person.objects.create(first_name=name, last_name=name, email=f"{name}@client.example")


def fill(person: Any, holder: Any, messages: int, length: int = LENGTH, start: int = 0) -> list[int]:
    """``messages`` of ``person`` that ``holder`` has, in conversations of ``length``; returns the threads."""
    from escala_email_plugin.models import Address, Folder, Location, Message, Participant, Thread

    ours, _ = Address.objects.get_or_create(value=holder.address)
    theirs = Address.objects.get(value=person.email)
    folder, _ = Folder.objects.get_or_create(account=holder, name="INBOX", uidvalidity=1)
    threads = Thread.objects.bulk_create([Thread() for _ in range(-(-messages // length))], BATCH)
    made = Message.objects.bulk_create(
        [
            Message(
                key=f"{person.pk}-{holder.pk}-{start}-{number}",
                message_id=f"{person.pk}-{holder.pk}-{start}-{number}@client.example",
                thread=threads[number // length],
                sent_at=DAY + timedelta(minutes=start + number),
                subject=f"Subject {number}",
                snippet="What it says.",
                text="What it says. " * 100,
            )
            for number in range(messages)
        ],
        BATCH,
    )
    people = [
        Participant(message=one, address=address, role=role, sent_at=one.sent_at)
        for one in made
        for address, role in ((theirs, "from"), (ours, "to"))
    ]
    Participant.objects.bulk_create(people, BATCH)
    places = [Location(message=one, account=holder, folder=folder, uidvalidity=1, uid=one.pk) for one in made]
    Location.objects.bulk_create(places, BATCH)
    return [one.pk for one in threads]


def prepare(messages: int) -> dict[str, tuple[Any, Any, int | None]]:
    """Who looks at which record, and which conversation of it is opened."""
    from escala_email_plugin.models import Grant

    lucia, marcos = user("lucia"), user("marcos")
    without = user("sara", "view_team_mail")
    team, own, mailbox = account("lucia", lucia), account("marcos", marcos), account("sales")
    sharing = account("ana", user("ana"), shares=True)
    found: dict[str, tuple[Any, Any, int | None]] = {}

    def add(name: str, holder: Any, reader: Any, length: int = LENGTH) -> tuple[Any, list[int]]:
        person = record(name.replace(" ", "-"))
        threads = fill(person, holder, messages, length)
        found[name] = (reader, person, threads[-1])
        return person, threads

    add("own", team, lucia)
    add("own one conversation", team, lucia, messages)
    add("shared mailbox", mailbox, marcos)
    add("shared by a colleague", sharing, marcos)
    person, threads = add("hidden", team, marcos)
    found["hidden"] = (marcos, person, None)
    found["hidden and not even a line"] = (without, person, None)
    person, threads = add("hidden one granted", team, marcos)
    Grant.objects.create(account=team, user=marcos, thread_id=threads[0])
    found["hidden one granted"] = (marcos, person, threads[0])
    person, threads = add("hidden one conversation", team, marcos, messages)
    mine = fill(person, own, 500, start=-1000)
    found["hidden one conversation"] = (marcos, person, mine[-1])
    person, threads = add("partly hidden one conversation", team, marcos, messages)
    from escala_email_plugin.models import Message

    oldest = Message.objects.filter(thread=threads[0]).order_by("sent_at").first()
    Grant.objects.create(account=team, user=marcos, message=oldest)
    fill(person, own, 500, start=-1000)
    return found


def asked(client: Any, url: str, runs: int) -> dict:
    """Medians of asking for a page that was asked for before."""
    from django.db import connection

    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        response = client.get(url)
    if response.status_code != 200:
        raise SystemExit(f"{url} answered {response.status_code}.")
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - start) * 1000)
    return {
        "ms": statistics.median(times),
        "statements": statements,
        "bytes": len(response.content),
    }


def tenth(client: Any, url: str) -> str | None:
    """The address of the tenth page; None where there are fewer."""
    here = url
    for _ in range(9):
        following = client.get(here).context["page"].next
        if following is None:
            return None
        here = f"{url}?before={following.text}"
    return here


def pages(messages: int, runs: int) -> dict:
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse

    setup_test_environment()
    found = {}
    prepared = prepare(messages)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for name, (reader, person, thread) in prepared.items():
        client = Client()
        client.force_login(reader)
        place = ["crm", "person", person.pk]
        url = reverse("escala_email:timeline", args=place)
        found[f"{name}: first page"] = asked(client, url, runs)
        if later := tenth(client, url):
            found[f"{name}: tenth page"] = asked(client, later, runs)
        if thread is not None:
            opened = reverse("escala_email:thread", args=[*place, thread])
            found[f"{name}: a conversation"] = asked(client, opened, runs)
    return found


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(pages(*map(int, sys.argv[1:3]))))


if __name__ == "__main__":
    main()
