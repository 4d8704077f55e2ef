"""What colleagues are called where their mail is shown, or hidden."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from ..models import EmailAccount


def name_of(account: EmailAccount) -> str:
    """Whose mailbox it is, as people know them; of who left, the name that was kept."""
    if account.owner is not None:
        return get_user_display_name(account.owner)
    return account.former_owner or _("A former colleague")


def names_of(accounts: Iterable[EmailAccount]) -> str:
    """``"Lucía, Marcos and Sara"``: each once, in the order of the alphabet."""
    return get_text_list(sorted({name_of(one) for one in accounts}), _("and"))
