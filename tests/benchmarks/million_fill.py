"""Fills the database of ``tests.benchmarks.settings``; prints who reads what as a line of JSON.

python -m tests.benchmarks.million_fill MESSAGES
"""

import io
import json
import math
import sys
from datetime import timedelta
from typing import Any

from . import million_rows
from .million_rows import ACCOUNTS, COMPANY, NOW, PRIVATE, SHARING, Plan, sharing_of
from .million_words import COMMON, RARE, Words

#: The tables before their texts are searched.
BEFORE_SEARCH = "0006"


def fill(messages: int) -> dict:
    """Everything; returns ``world``."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    from escala_email_plugin.sync.search_index import add_earlier

    from .million_tables import Tables, moment, without_indexes

    call_command("migrate", "escala_email", BEFORE_SEARCH, verbosity=0)
    # All others before there is anything: SQLite looks through the whole database after each of them.
    for app in sorted(MigrationLoader(connection).migrated_apps - {"escala_email"}):
        call_command("migrate", app, verbosity=0)
    plan = Plan(messages)
    users()
    accounts()
    with without_indexes():
        tables = Tables(NOW)
        contacts(plan, tables.add)
        million_rows.Rows(plan, tables.add, moment()).write()
        seen(plan, tables.add, moment())
        tables.flush()
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    add_earlier(shift=math.inf)
    finish()
    return world(plan)


def users() -> None:
    """A seller for each mailbox, the shared one's too, and one who sees nothing of colleagues' mail."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Permission

    from escala_email_plugin import permissions

    made = get_user_model().objects.bulk_create(
        get_user_model()(pk=number + 1, username=f"seller{number}", first_name=Words.name(number))
        for number in range(ACCOUNTS + 1)
    )
    codes = [one.rpartition(".")[2] for one in permissions.SALES]
    codes += ["access_admin", "view_person", "view_company", "view_opportunity", "view_policy"]
    allowed = list(Permission.objects.filter(codename__in=codes))
    if len(allowed) < len(codes):
        raise SystemExit("A permission is missing.")
    for user in made:
        alone = user.pk > ACCOUNTS
        user.user_permissions.set([one for one in allowed if not alone or "mail" not in one.codename])


def accounts() -> None:
    from escala_email_plugin.models import EmailAccount, Folder

    for number in range(ACCOUNTS):
        address = our_address(number)
        values = {"address": address, "mode": "off", "username": address, **sharing_of(number)}
        account = EmailAccount.objects.create(pk=number + 1, **values)
        Folder.objects.create(pk=number + 1, account=account, name="INBOX", uidvalidity=1)


def our_address(number: int) -> str:
    return f"seller{number}@broker.example"


def contacts(plan: Plan, add: Any) -> None:
    """The large company, the others with ten people each, and which record has which address."""
    from django.contrib.contenttypes.models import ContentType

    from sandbox.crm.models import Company, Person

    person_type, company_type = (ContentType.objects.get_for_model(one).pk for one in (Person, Company))
    companies = 1 + (plan.people - COMPANY) // 10 + 1
    for company in range(1, companies + 1):
        add("company", (company, f"Company {company}"))
    for account in range(ACCOUNTS):
        add("address", (plan.owner_address(account), our_address(account)))
    for person in range(1, plan.people + 1):
        company = 1 if person <= COMPANY else 2 + (person - COMPANY - 1) // 10
        first, last = Words.name(person).split()
        add("person", (person, first, last, company, f"p{person}@client.example"))
        for number, address in enumerate(plan.addresses_of(person)):
            value = f"p{person}{'-home' * number}@client.example"
            add("address", (address, value))
            add("record", (person_type, str(person), address))
            add("record", (company_type, str(company), address))
            if number:
                add("person_email", (person, value))


def seen(plan: Plan, add: Any, moment: Any) -> None:
    """When two readers last looked at some records and conversations."""
    from django.contrib.contenttypes.models import ContentType

    from sandbox.crm.models import Person

    person_type = ContentType.objects.get_for_model(Person).pk
    at = moment(NOW - timedelta(days=30))
    for user in (PRIVATE + 1, SHARING + 1):
        for person in range(1, min(plan.people, 1000) + 1):
            add("visit", (user, person_type, str(person), at))
        for thread in range(1, plan.messages // 20):
            add("read", (user, thread, at))


def finish() -> None:
    from django.db import connection

    from .million_tables import run

    run(["PRAGMA journal_mode=WAL"] if connection.vendor == "sqlite" else [])
    run(["ANALYZE"] if connection.vendor == "sqlite" else ["VACUUM ANALYZE"])


def world(plan: Plan) -> dict:
    """``owner`` has the mailbox that shares nothing and sees half of the team's; ``seller`` sees half of it,
    too; ``alone`` sees no colleague's mail. Numbers are ids; ``ordinary``: people with more than one page,
    or less.
    """
    ordinary = list(range(COMPANY + 2, plan.people, max(1, plan.people // 100)))
    return {
        "messages": plan.messages,
        "people": plan.people,
        "readers": {
            "owner": f"seller{PRIVATE}",
            "seller": "seller5",
            "sharer": f"seller{SHARING}",
            "alone": f"seller{ACCOUNTS}",
        },
        "heaviest": 1,
        "unshared": plan.unshared,
        "company": 1,
        "of_company": list(range(2, COMPANY + 1, 6)),
        "ordinary": ordinary,
        "long_thread": 1,
        "rare": RARE,
        "common": COMMON,
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(fill(int(sys.argv[1]))))
