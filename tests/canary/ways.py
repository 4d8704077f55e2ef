"""The ways in which a mailbox is connected, each with its secrets."""

from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from escala_email_plugin.models import EmailAccount
from escala_email_plugin.servers import secrets, smtp
from escala_email_plugin.servers.imap import ImapSession
from escala_email_plugin.servers.secrets import decrypt, encrypt
from escala_email_plugin.sync import connection


def page(name: str) -> str:
    """The address of a page about one's own mailbox."""
    try:
        return reverse(f"escala_email:{name}", args=["personal"])
    except NoReverseMatch:
        return reverse(f"escala_email:{name}")


def fail(*arguments, **options):
    """Something of ours that goes wrong."""
    raise RuntimeError("something of ours went wrong")


class ByPassword:
    """A password, typed into the form."""

    def __init__(self, request) -> None:
        self.mailbox = request.getfixturevalue("mailbox")
        self.secrets = {
            "password": "Kanarien vogel-ñ-7f3a9c1e",
            "wrong password": "Zeisig-falsch-b81d44e0",
        }
        self.mailbox.dovecot.add_user(self.mailbox.user, self.secrets["password"])
        self.mailbox.password = self.secrets["password"]

    def form(self, secret: str = "password", **changes) -> dict:
        """What is typed, with one of the secrets."""
        return {
            "address": self.mailbox.user,
            "username": "",
            "password": self.secrets[secret],
            "imap_host": "localhost",
            "imap_port": self.mailbox.imap.port,
            "imap_tls": "tls",
            "smtp_host": "localhost",
            "smtp_port": self.mailbox.smtp.port,
            "smtp_tls": "tls",
            **changes,
        }

    def connect(self, client) -> EmailAccount:
        """Connect through the page, after a test that fails and one that does not."""
        script = {"x-requested-with": "XMLHttpRequest"}
        client.post(page("probe"), self.form("wrong password"), headers=script)
        client.post(page("connect"), self.form("wrong password"))
        client.post(page("connect"), self.form(imap_port=""))
        client.post(page("probe"), self.form(), headers=script)
        client.post(page("connect"), self.form(), headers=script)
        return EmailAccount.objects.get()

    def fail_to_connect(self, client, monkeypatch) -> None:
        """Type it where something of ours goes wrong: the page falls over, and tells the site's owners."""
        broken_places = ((secrets, "_keys"), (connection, "_first_mode"), (ImapSession, "folders"))
        for place, name in broken_places:
            with monkeypatch.context() as broken:
                broken.setattr(place, name, fail)
                assert client.post(page("connect"), self.form()).status_code == 500
        with monkeypatch.context() as broken:
            broken.setattr(smtp.Connection, "ehlo_or_helo_if_needed", fail)
            client.post(page("connect"), self.form())

    def configure(self, client) -> None:
        """Change how it is connected, with what is stored."""
        client.post(page("connect"), self.form(password=""))

    def connect_again(self, client) -> None:
        """Connect it once more, after what was stored could not be read."""
        cache.clear()  # so many tests in a minute are refused to a person
        client.post(page("connect"), self.form())

    def spoil(self, account: EmailAccount) -> None:
        """From now on the server refuses what is stored."""
        EmailAccount.objects.filter(pk=account.pk).update(secret=encrypt(self.secrets["wrong password"]))

    def is_kept(self, account: EmailAccount) -> bool:
        """Whether the secret is really there, encrypted."""
        return decrypt(account.secret) == self.secrets["password"]
