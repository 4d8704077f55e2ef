"""Why a sign-in with a provider connected no mailbox, and what to do: a sentence for each code.

None holds a word of the provider's: what stands in its answers anybody may have written.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..servers.providers import Provider

#: code → sentence; every one may use %(name)s and %(page)s of the provider.
SENTENCES: dict[str, Promise] = {
    # What people do.
    "cancelled": _("You cancelled the sign-in with %(name)s. Nothing has changed."),
    "scope_missing": _(
        "%(name)s did not give access to the mail, because its box was unticked. Sign in once more, "
        "and leave everything ticked that is asked for: without it no mail can be read or sent."
    ),
    "wrong_account": _(
        "At %(name)s you chose %(chosen)s, and this is the mailbox %(expected)s. Nothing has changed. "
        "Sign in once more and choose %(expected)s; to connect another mailbox, disconnect this one first."
    ),
    "not_permitted": _(
        "You may not connect this mailbox any more. Nothing has changed. Ask your administrator."
    ),
    # The way back.
    "unknown": _(
        "This sign-in with %(name)s is not known here: it has been finished already, was begun in another "
        "browser, or took longer than ten minutes. If the mailbox is not connected below, sign in once more."
    ),
    "failed": _(
        "%(name)s ended the sign-in with an error. Nothing has changed. Try once more; if it happens again, "
        "tell your administrator: perhaps your organisation does not allow it."
    ),
    "code_refused": _("The sign-in with %(name)s took too long. Nothing has changed. Sign in once more."),
    # What came.
    "no_address": _(
        "%(name)s did not say which mailbox this is, so it was not connected. "
        "Sign in with an account that has a mailbox at %(name)s."
    ),
    "not_verified": _(
        "%(name)s has not verified the address of this account, so it was not connected. "
        "Verify it at %(name)s, then sign in once more."
    ),
    "not_lasting": _(
        "%(name)s gave access for an hour only, so the mailbox was not connected. Open %(page)s, remove this "
        "site's access there, and sign in once more."
    ),
    # The provider, and this site.
    "busy": _("%(name)s is busy just now. Nothing has changed. Try once more in a few minutes."),
    "unreachable": _("%(name)s did not answer. Nothing has changed. Try once more in a few minutes."),
    "bad_answer": _(
        "%(name)s gave an answer that cannot be understood. Nothing has changed. "
        "Try once more in a few minutes."
    ),
    "not_set_up": _(
        "Signing in with %(name)s is not set up correctly on this site. Nothing has changed. Tell "
        "your administrator."
    ),
}

#: What the token endpoint's trouble means to somebody who is signing in.
_BY_TROUBLE = {
    "provider_busy": "busy",
    "provider_unreachable": "unreachable",
    "provider_bad_answer": "bad_answer",
    "provider_insecure": "not_set_up",
    "client_refused": "not_set_up",
    "client_missing": "not_set_up",
}


def sentence(code: str, provider: Provider, **values: Any) -> str:
    """The sentence for a code of ours or of the token endpoint's."""
    text = SENTENCES[_BY_TROUBLE.get(code, code)]
    return str(text) % {"name": provider.name, "page": provider.account_page, **values}
