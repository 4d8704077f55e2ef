"""A database with many connected accounts: ``python -m tests.benchmarks.watch_accounts HOST PORT USER…``.

Or ``… HOST PORT COUNT PATTERN``: COUNT users called PATTERN % number. Each account was synchronised to the
end, so that its first watching finds nothing to do.
"""

import sys

import django

PASSWORD = "benchmark"
UIDVALIDITY = 7


def fill(host: str, port: int, users: list[str], uidvalidity: int = UIDVALIDITY) -> None:
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
                uidvalidity=uidvalidity,
                scanned_from=1,
                scanned_to=1,
            )
            for account in EmailAccount.objects.all()
        ],
        batch_size=500,
    )


def main(host: str, port: str, count: str, pattern: str) -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(host, int(port), [pattern % number for number in range(int(count))])


if __name__ == "__main__":
    main(*sys.argv[1:])
