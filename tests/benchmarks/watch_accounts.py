"""A database with connected accounts: ``python -m tests.benchmarks.watch_accounts HOST PORT USER…``.

Each was synchronised to the end at the stand-in server, so that its first watching finds nothing to do.
"""

import sys

import django

from .idle_server import UIDVALIDITY

PASSWORD = "benchmark"


def fill(host: str, port: int, users: list[str]) -> None:
    """A personal account for each of ``users``, whose INBOX is empty and was looked through."""
    from django.contrib.auth import get_user_model

    from escala_email_plugin.models import EmailAccount, Folder
    from escala_email_plugin.servers.secrets import encrypt

    model = get_user_model()
    model.objects.bulk_create([model(username=user) for user in users], batch_size=500)
    owners = dict(model.objects.values_list("username", "pk"))
    EmailAccount.objects.bulk_create(
        [
            EmailAccount(
                kind="personal",
                owner_id=owners[user],
                address=user,
                imap_host=host,
                imap_port=port,
                smtp_host=host,
                username=user,
                secret=encrypt(PASSWORD),
            )
            for user in users
        ],
        batch_size=500,
    )
    Folder.objects.bulk_create(
        [
            Folder(
                account=account,
                name="INBOX",
                role="inbox",
                uidvalidity=UIDVALIDITY,
                scanned_from=1,
                scanned_to=1,
            )
            for account in EmailAccount.objects.all()
        ],
        batch_size=500,
    )


def main(host: str, port: str, *users: str) -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(host, int(port), list(users))


if __name__ == "__main__":
    main(*sys.argv[1:])
