"""Forms of the settings pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from ..mail.addresses import BadAddress, canonical
from ..models import EmailAccount
from ..servers.host_name import LONGEST, BadHost, pasted
from ..servers.imap import Server
from ..servers.secrets import decrypt
from ..sync.connection import Wanted


class HostField(forms.CharField):
    """A server's name. ``placeholder``: what one looks like."""

    def __init__(self, *, placeholder: str = "", **kwargs: Any):
        attrs = {"placeholder": placeholder, "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(max_length=LONGEST, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return pasted(super().clean(value))
        except BadHost as error:
            raise ValidationError(error.sentence) from None


class PortField(forms.IntegerField):
    """A TCP port."""

    def __init__(self, **kwargs: Any):
        range_is = _("The port is a number between 1 and 65535.")
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), range_is)
        super().__init__(min_value=1, max_value=65535, error_messages=messages, **kwargs)


class ConnectForm(forms.Form):
    """A mailbox by hand: address, servers, user name and password.

    ``account``: the connected one that is configured. Then the address is what it is, and the
    password may be left out as long as it goes to the same servers as before.
    ``guesses``: what is shown in empty fields, by their names.
    """

    address = forms.CharField(
        label=_("Address of the mailbox"),
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
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    imap_host = HostField(label=_("IMAP server"), placeholder="imap.example.com")
    imap_port = PortField(label=_("IMAP port"), initial=993)
    imap_tls = forms.ChoiceField(label=_("IMAP security"), choices=EmailAccount.Tls, initial="tls")
    smtp_host = HostField(label=_("SMTP server"), placeholder="smtp.example.com")
    smtp_port = PortField(label=_("SMTP port"), initial=465)
    smtp_tls = forms.ChoiceField(label=_("SMTP security"), choices=EmailAccount.Tls, initial="tls")

    #: What people leave as it is found, below what they know.
    GROUPS = (
        (_("Incoming mail (IMAP)"), ("imap_host", "imap_port", "imap_tls")),
        (_("Outgoing mail (SMTP)"), ("smtp_host", "smtp_port", "smtp_tls")),
    )

    def __init__(
        self,
        *args: Any,
        account: EmailAccount | None = None,
        guesses: Mapping[str, str] | None = None,
        **kwargs: Any,
    ):
        self.account = account
        if account is not None:
            before = {name: getattr(account, name) for name in self.base_fields if name != "password"}
            before["username"] = "" if account.username == account.address else account.username
            kwargs.setdefault("initial", before)
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("This is needed.")
        for name, guess in (guesses or {}).items():
            self.fields[name].widget.attrs["placeholder"] = guess
        if self.is_configuring:
            self.fields["address"].disabled = True
        if self.is_configuring and not account.provider:  # what a provider gave is sent as no password
            self.fields["password"].required = False
            self.fields["password"].help_text = _("Leave it empty to keep the one that is stored.")

    @property
    def is_configuring(self) -> bool:
        """Whether a connected mailbox is changed, not a new one connected."""
        return self.account is not None and self.account.state != EmailAccount.State.DISCONNECTED

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The bound fields of the servers by group, for the template."""
        return [(heading, [self[name] for name in names]) for heading, names in self.GROUPS]

    def hosts(self) -> str:
        """The servers in a few words, "" where there are none yet."""
        hosts = [self[f"{name}_host"].value() for name in ("imap", "smtp")]
        return " · ".join(dict.fromkeys(filter(None, hosts)))

    def clean_address(self) -> str:
        """The canonical address; of a mailbox that is configured it stays what it is."""
        if self.is_configuring and self._is_of_another():
            text = _("%(address)s is already connected here. Disconnect it first.")
            raise ValidationError(text, params={"address": self.account.address})
        try:
            return canonical(self.cleaned_data["address"].strip())
        except BadAddress:
            raise ValidationError(_("This is not an e-mail address. For example: name@example.com")) from None

    def _is_of_another(self) -> bool:
        """Whether an address was typed, in a tab from before this one was connected, and it is another."""
        typed = self.data.get(self.add_prefix("address"), "")
        try:
            return bool(typed) and canonical(typed.strip()) != self.account.address
        except BadAddress:
            return True

    def clean(self) -> dict[str, Any]:
        """A stored password is never sent to a server it was not meant for."""
        data = super().clean()
        if self.is_configuring and not data.get("password") and self._goes_elsewhere(data):
            self.add_error("password", _("Type the password again, because a server has changed."))
        return data

    def _goes_elsewhere(self, data: dict[str, Any]) -> bool:
        hosts = [name for name in ("imap_host", "smtp_host") if name in data]
        return any(data[name] != getattr(self.account, name) for name in hosts)

    @sensitive_variables()
    def wanted(self) -> Wanted:
        """What the valid form asks for. Raises SecretUnreadable where the stored password cannot be read."""
        data = dict(self.cleaned_data)
        data["username"] = data["username"] or data["address"]
        if not data["password"] and self.account is not None:
            data["password"] = decrypt(self.account.secret)
        return Wanted(**data)

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
        label=_("Synchronisation"),
        widget=forms.RadioSelect,
        choices=[
            (EmailAccount.Mode.TOTAL, _("Total: conversations with contacts appear by themselves.")),
            (EmailAccount.Mode.PARTIAL, _("Partial: only what you send to your capture address.")),
            (EmailAccount.Mode.OFF, _("Off: nothing new is read. What is there stays.")),
        ],
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any):
        """``kind``: of the mailbox. Only a person has a capture address."""
        super().__init__(*args, **kwargs)
        if kind != EmailAccount.Kind.PERSONAL:
            field = self.fields["mode"]
            field.choices = [one for one in field.choices if one[0] != EmailAccount.Mode.PARTIAL]
