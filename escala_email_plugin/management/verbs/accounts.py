"""The accounts that are named in the shell."""

from django.core.management.base import CommandError

from ...models import EmailAccount


def ids(address: str) -> list[int]:
    """The ids of the accounts with this address. Raises CommandError where there is none."""
    found = list(EmailAccount.objects.filter(address=address).values_list("pk", flat=True))
    if not found:
        raise CommandError(f"No account has the address {address}.")
    return found
