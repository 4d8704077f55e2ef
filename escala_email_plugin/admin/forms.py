"""Forms of the settings pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..mail.addresses import BadAddress, canonical
from ..models import EmailAccount
from ..servers.imap import Server
from ..sync.connection import Wanted

HOST_LENGTH = 253


def _host(text: str) -> str:
    """A host name as people paste it: without scheme, path, trailing dot or spaces."""
    host = text.strip().lower()
    _, _, rest = host.partition("://")
    return (rest or host).split("/")[0].rstrip(".")


class HostField(forms.CharField):
    """A server's name."""

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=HOST_LENGTH, **kwargs)

    def clean(self, value: Any) -> str:
        host = _host(super().clean(value))
        if not host or any(character.isspace() or not character.isprintable() for character in host):
            raise ValidationError(_("This is not a server name. It looks like imap.example.com."))
        if ":" in host:
            raise ValidationError(_("Write the port in its own field."))
        return host


class ConnectForm(forms.Form):
    """A mailbox by hand: address, servers, user name and password."""

    address = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=254,
        required=False,
        help_text=_("Leave it empty if it is the e-mail address."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        help_text=_("It is kept encrypted and never shown again. Some providers want an app password here."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    imap_host = HostField(label=_("IMAP server"), help_text=_("It looks like imap.example.com."))
    imap_port = forms.IntegerField(label=_("IMAP port"), min_value=1, max_value=65535, initial=993)
    imap_tls = forms.ChoiceField(label=_("IMAP security"), choices=EmailAccount.Tls, initial="tls")
    smtp_host = HostField(label=_("SMTP server"), help_text=_("It looks like smtp.example.com."))
    smtp_port = forms.IntegerField(label=_("SMTP port"), min_value=1, max_value=65535, initial=465)
    smtp_tls = forms.ChoiceField(label=_("SMTP security"), choices=EmailAccount.Tls, initial="tls")

    #: How the template groups the fields: what people know first, the servers below.
    GROUPS = (
        (_("Your mailbox"), ("address", "username", "password")),
        (_("Incoming mail (IMAP)"), ("imap_host", "imap_port", "imap_tls")),
        (_("Outgoing mail (SMTP)"), ("smtp_host", "smtp_port", "smtp_tls")),
    )

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The bound fields by group, for the template."""
        return [(heading, [self[name] for name in names]) for heading, names in self.GROUPS]

    def clean_address(self) -> str:
        """The canonical address."""
        try:
            return canonical(self.cleaned_data["address"].strip())
        except BadAddress:
            raise ValidationError(
                _("This is not an e-mail address. It looks like name@example.com.")
            ) from None

    def wanted(self) -> Wanted:
        """What the valid form asks for."""
        data = self.cleaned_data
        return Wanted(**{**data, "username": data["username"] or data["address"]})

    def servers(self) -> tuple[Server, Server]:
        """The IMAP and the SMTP server of the valid form."""
        data = self.cleaned_data
        return (
            Server(data["imap_host"], data["imap_port"], data["imap_tls"]),
            Server(data["smtp_host"], data["smtp_port"], data["smtp_tls"]),
        )


class ModeForm(forms.Form):
    """What is synchronised."""

    mode = forms.ChoiceField(
        label=_("What is synchronised"),
        widget=forms.RadioSelect,
        choices=[
            (EmailAccount.Mode.TOTAL, _("Total: conversations with contacts appear by themselves.")),
            (EmailAccount.Mode.OFF, _("Off: nothing new is read. What is there stays.")),
        ],
    )
