"""The big mail hosters. A row that is wrong is worse than none: only what is certain stands here.

Hosts and ports are those of the hosters' own pages or of Thunderbird's ISPDB. Not every country's domain has
to be named: those that are not are found by their mail exchangers.
"""

from django.utils.translation import gettext_lazy as _

from .hoster import Hoster
from .server import Server

_IMAP_IS_OFF = _("IMAP access must be turned on in the settings of the mailbox first.")


def _tls(host: str, port: int) -> Server:
    return Server(host, port, "tls")


def _same(host: str) -> dict[str, Server]:
    """IMAP and SMTP on one host, TLS from the first byte."""
    return {"imap": _tls(host, 993), "smtp": _tls(host, 465)}


def _pair(imap: str, smtp: str) -> dict[str, Server]:
    return {"imap": _tls(imap, 993), "smtp": _tls(smtp, 465)}


def _of(name: str, endings: str) -> tuple[str, ...]:
    return tuple(f"{name}.{ending}" for ending in endings.split())


HOSTERS: tuple[Hoster, ...] = (
    Hoster(
        "google",
        "Google",
        **_pair("imap.gmail.com", "smtp.gmail.com"),
        domains=("gmail.com", "googlemail.com"),
        mx=("google.com", "googlemail.com"),
        app_password=True,
        advice="app_password_google",
        help_url="https://support.google.com/accounts/answer/185833",
        oauth="google",
    ),
    Hoster(
        "outlook",
        "Outlook.com",
        imap=_tls("outlook.office365.com", 993),
        smtp=Server("smtp-mail.outlook.com", 587, "starttls"),
        domains=(
            *_of("outlook", "com es cl com.ar com.br pt fr it de be ie"),
            *_of("hotmail", "com es cl com.ar com.br fr it de be nl ca co.uk"),
            *_of("live", "com cl com.ar com.mx fr it de be nl ca co.uk"),
            "msn.com",
            "windowslive.com",
        ),
        mx=("olc.protection.outlook.com",),
        advice="app_password_microsoft",
        help_url="https://support.microsoft.com/office/"
        "pop-imap-and-smtp-settings-for-outlook-com-d088b986-291d-42b8-9564-9c414e2aa040",
        oauth="microsoft",
    ),
    Hoster(
        "microsoft365",
        "Microsoft 365",
        imap=_tls("outlook.office365.com", 993),
        smtp=Server("smtp.office365.com", 587, "starttls"),
        domains=("office365.com", "office.com"),
        mx=("mail.protection.outlook.com", "mx.microsoft"),
        advice="app_password_microsoft",
        oauth="microsoft",
    ),
    Hoster(
        "yahoo",
        "Yahoo",
        **_pair("imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
        domains=(
            *_of("yahoo", "com es com.ar com.br com.mx fr it de se co.uk"),
            *_of("yahoo", "co.in co.nz com.au"),
            "ymail.com",
            "rocketmail.com",
            "myyahoo.com",
        ),
        mx=("am0.yahoodns.net",),
        app_password=True,
        advice="app_password_yahoo",
        help_url="https://help.yahoo.com/kb/SLN15241.html",
    ),
    Hoster(
        "aol",
        "AOL",
        **_pair("imap.aol.com", "smtp.aol.com"),
        domains=("aol.com", "aol.de", "aol.es", "aol.fr", "aol.it", "aol.co.uk", "aim.com"),
        app_password=True,
        advice="app_password_yahoo",
        help_url="https://help.aol.com/articles/Create-and-manage-app-password",
    ),
    Hoster(
        "icloud",
        "iCloud",
        imap=_tls("imap.mail.me.com", 993),
        smtp=Server("smtp.mail.me.com", 587, "starttls"),
        domains=("icloud.com", "me.com", "mac.com"),
        mx=("mail.icloud.com",),
        app_password=True,
        advice="app_password_apple",
        help_url="https://support.apple.com/102654",
    ),
    Hoster(
        "zoho",
        "Zoho Mail",
        **_pair("imap.zoho.com", "smtp.zoho.com"),
        domains=("zoho.com", "zohomail.com"),
        help_url="https://www.zoho.com/mail/help/imap-access.html",
        note=_IMAP_IS_OFF,
    ),
    Hoster(
        "zoho_pro",
        "Zoho Mail",
        **_pair("imappro.zoho.com", "smtppro.zoho.com"),
        mx=("zoho.com",),
        help_url="https://www.zoho.com/mail/help/imap-access.html",
        note=_IMAP_IS_OFF,
    ),
    Hoster(
        "zoho_pro_eu",
        "Zoho Mail",
        **_pair("imappro.zoho.eu", "smtppro.zoho.eu"),
        mx=("zoho.eu",),
        help_url="https://www.zoho.com/mail/help/imap-access.html",
        note=_IMAP_IS_OFF,
    ),
    Hoster(
        "fastmail",
        "Fastmail",
        **_pair("imap.fastmail.com", "smtp.fastmail.com"),
        domains=("fastmail.com", "fastmail.fm"),
        mx=("messagingengine.com",),
        app_password=True,
        advice="app_password",
        help_url="https://www.fastmail.help/hc/en-us/articles/360058752854-App-passwords",
    ),
    Hoster(
        "proton",
        "Proton Mail",
        imap=None,
        smtp=None,
        domains=("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        mx=("protonmail.ch",),
        help_url="https://proton.me/mail/bridge",
        note=_(
            "Proton Mail has no IMAP server. Its program Proton Mail Bridge offers one, on the computer it "
            "runs on: ask your administrator to run it where this site can reach it."
        ),
    ),
    Hoster(
        "tuta",
        "Tuta",
        imap=None,
        smtp=None,
        domains=("tutanota.com", "tutanota.de", "tutamail.com", "tuta.com", "tuta.io", "keemail.me"),
        mx=("mail.tutanota.de",),
        note=_("Tuta has no IMAP server, so its mailboxes cannot be connected."),
    ),
    Hoster(
        "gmx",
        "GMX",
        **_pair("imap.gmx.net", "mail.gmx.net"),
        domains=("gmx.net", "gmx.de", "gmx.at", "gmx.ch"),
        help_url="https://hilfe.gmx.net/pop-imap/einschalten.html",
        note=_IMAP_IS_OFF,
    ),
    Hoster(
        "gmx_com",
        "GMX",
        **_pair("imap.gmx.com", "mail.gmx.com"),
        domains=("gmx.com", "gmx.us", "gmx.es", "gmx.fr", "gmx.co.uk"),
        note=_IMAP_IS_OFF,
    ),
    Hoster(
        "web_de",
        "WEB.DE",
        **_pair("imap.web.de", "smtp.web.de"),
        domains=("web.de",),
        help_url="https://hilfe.web.de/pop-imap/einschalten.html",
        note=_IMAP_IS_OFF,
    ),
    Hoster("mail_com", "mail.com", **_pair("imap.mail.com", "smtp.mail.com"), domains=("mail.com",)),
    Hoster(
        "yandex",
        "Yandex",
        **_pair("imap.yandex.com", "smtp.yandex.com"),
        domains=("yandex.com", "yandex.ru", "ya.ru"),
        mx=("mx.yandex.net", "mx.yandex.ru"),
        app_password=True,
        advice="app_password",
        help_url="https://yandex.com/support/mail/mail-clients/others.html",
    ),
    Hoster(
        "mail_ru",
        "Mail.ru",
        **_pair("imap.mail.ru", "smtp.mail.ru"),
        domains=("mail.ru", "bk.ru", "inbox.ru", "list.ru", "internet.ru"),
        mx=("mail.ru",),
        app_password=True,
        advice="app_password",
        help_url="https://help.mail.ru/mail/mailer/desktop/mt/",
    ),
    Hoster(
        "hostinger",
        "Hostinger",
        **_pair("imap.hostinger.com", "smtp.hostinger.com"),
        mx=("mx1.hostinger.com", "mx2.hostinger.com"),
    ),
    Hoster("titan", "Titan", **_pair("imap.titan.email", "smtp.titan.email"), mx=("titan.email",)),
    Hoster(
        "namecheap", "Namecheap Private Email", **_same("mail.privateemail.com"), mx=("privateemail.com",)
    ),
    Hoster("rackspace", "Rackspace", **_same("secure.emailsrvr.com"), mx=("emailsrvr.com",)),
    Hoster(
        "ionos_com",
        "IONOS",
        **_pair("imap.ionos.com", "smtp.ionos.com"),
        mx=("mx00.ionos.com", "mx01.ionos.com", "mx00.1and1.com", "mx01.1and1.com"),
    ),
    Hoster(
        "ionos_es",
        "IONOS",
        **_pair("imap.ionos.es", "smtp.ionos.es"),
        mx=("mx00.ionos.es", "mx01.ionos.es", "mx00.1and1.es", "mx01.1and1.es"),
    ),
    Hoster(
        "ionos_de",
        "IONOS",
        **_pair("imap.ionos.de", "smtp.ionos.de"),
        mx=("mx00.ionos.de", "mx01.ionos.de", "kundenserver.de"),
    ),
    Hoster(
        "ovh",
        "OVHcloud",
        **_same("ssl0.ovh.net"),
        mx=("mail.ovh.net",),
        note=_("Exchange and E-mail Pro have servers of their own: you find them in the customer area."),
    ),
    Hoster("gandi", "Gandi", **_same("mail.gandi.net"), mx=("mail.gandi.net",)),
    Hoster(
        "infomaniak",
        "Infomaniak",
        **_same("mail.infomaniak.com"),
        domains=("ik.me",),
        mx=("mta-gw.infomaniak.ch",),
    ),
    Hoster("strato", "Strato", **_pair("imap.strato.de", "smtp.strato.de"), mx=("rzone.de",)),
    Hoster(
        "mailbox_org",
        "mailbox.org",
        **_pair("imap.mailbox.org", "smtp.mailbox.org"),
        domains=("mailbox.org",),
        mx=("mailbox.org",),
    ),
    Hoster("posteo", "Posteo", **_same("posteo.de"), domains=("posteo.de", "posteo.net")),
    Hoster("migadu", "Migadu", **_pair("imap.migadu.com", "smtp.migadu.com"), mx=("migadu.com",)),
    Hoster("movistar", "Movistar", **_pair("imap.movistar.es", "smtp.movistar.es"), domains=("movistar.es",)),
    Hoster(
        "uol",
        "UOL",
        imap=_tls("imap.uol.com.br", 993),
        smtp=Server("smtps.uol.com.br", 587, "starttls"),
        domains=("uol.com.br",),
        username="local",
        note=_IMAP_IS_OFF,
    ),
    Hoster("locaweb", "Locaweb", **_same("email-ssl.com.br"), mx=("locaweb.com.br",)),
)
