"""The sentences for people, by code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: code → sentence; every one may use %(host)s, %(port)s and %(seconds)s.
SENTENCES: dict[str, Promise] = {
    # The network.
    "host_not_found": _("There is no server called “%(host)s”. Check the spelling of the host."),
    "dns_failed": _(
        "The server name “%(host)s” could not be looked up just now. Check its spelling, or try again later."
    ),
    "private_host": _(
        "“%(host)s” is not on the public internet, so nothing was tried there. If it is your company's own "
        "mail server, ask the administrator of this site to name it in the PRIVATE_SERVERS setting."
    ),
    "port_not_for_mail": _(
        "Port %(port)s is not a port of mail servers, so nothing was tried there. It is usually 993 or 143 "
        "for IMAP, and 465 or 587 for SMTP. If your mail server does use it, ask the administrator of this "
        "site to add it to the MAIL_PORTS setting."
    ),
    "port_closed": _(
        "%(host)s refuses connections on port %(port)s. Check the port: it is usually 993 or 143 for IMAP, "
        "and 465 or 587 for SMTP."
    ),
    "network_unreachable": _("%(host)s cannot be reached from here. A firewall may be in the way."),
    "timeout": _(
        "%(host)s did not answer on port %(port)s within %(seconds)s seconds. "
        "Check host and port; a firewall may be in the way."
    ),
    "no_greeting": _(
        "%(host)s took the connection on port %(port)s but said nothing for %(seconds)s seconds. "
        "If this port expects TLS from the start (993, 465), choose TLS instead of STARTTLS."
    ),
    "connection_lost": _("%(host)s closed the connection without an answer. Try again later."),
    # Encryption.
    "certificate_expired": _(
        "The certificate of %(host)s has expired. Ask whoever runs the mail server to renew it."
    ),
    "certificate_not_yet_valid": _(
        "The certificate of %(host)s is not valid yet. Check the clocks of both servers."
    ),
    "certificate_wrong_host": _(
        "The certificate shown by %(host)s belongs to another name. "
        "Use the name your provider gives for its mail server."
    ),
    "certificate_untrusted": _(
        "The certificate of %(host)s is not signed by an authority this site trusts. If the mail server "
        "uses a private authority, ask your administrator to add it to the CA_FILE setting."
    ),
    "certificate_strict": _(
        "The certificate of %(host)s or of its authority does not follow the rules (RFC 5280), which newer "
        "versions of Python insist on. Private authorities often lack the key usage or key identifier "
        "extension: ask whoever runs the mail server to issue them again."
    ),
    "certificate_invalid": _("The certificate of %(host)s could not be verified."),
    "ca_file": _("The CA_FILE setting of this site cannot be read. Tell your administrator."),
    "not_tls": _(
        "%(host)s does not speak TLS on port %(port)s. Choose STARTTLS for this port, or another port."
    ),
    "tls_failed": _(
        "No encrypted connection to %(host)s on port %(port)s could be agreed on. "
        "Its TLS may be too old, or the port is not one for TLS."
    ),
    "starttls_missing": _(
        "%(host)s offers no encryption (STARTTLS) on port %(port)s, so nothing was sent. "
        "Try TLS with port 993 for IMAP or 465 for SMTP."
    ),
    "starttls_tampered": _(
        "The connection to %(host)s was tampered with while encryption began. Nothing was sent. "
        "Try TLS instead of STARTTLS, and tell your administrator."
    ),
    "preauth": _(
        "%(host)s wants to go on without a login, which is not safe. Nothing was sent. "
        "Try TLS with port 993, and tell your administrator."
    ),
    # The login.
    "login_refused": _("%(host)s refused the user name or the password. Check both."),
    "app_password_google": _(
        "Google does not take the password of the account here. Turn on two-step verification, create an "
        "app password at myaccount.google.com/apppasswords, and enter that one."
    ),
    "app_password_yahoo": _(
        "Yahoo does not take the password of the account here. "
        "Generate an app password in the security page of your Yahoo account, and enter that one."
    ),
    "app_password_apple": _(
        "iCloud does not take the password of your Apple account here. Create an app-specific password at "
        "account.apple.com, and enter that one."
    ),
    "app_password_microsoft": _(
        "Microsoft refused the password. Outlook and Microsoft 365 rarely take passwords from other programs "
        "any more: create an app password if your account offers them, or ask your administrator."
    ),
    "app_password": _(
        "%(host)s wants a password made for this program. "
        "Create an app password in the security settings of your mail account, and enter that one."
    ),
    "login_disabled": _(
        "%(host)s does not allow this account to log in with IMAP or SMTP. "
        "Turn the access on in the settings of your mail account, or ask whoever runs the mail server."
    ),
    "login_method": _("%(host)s offers no login by password. Ask whoever runs the mail server to allow it."),
    "password_expired": _("The password has expired. Change it at your provider, and enter the new one."),
    "account_blocked": _(
        "%(host)s has blocked this account. Log in to your mail in the browser to see why, "
        "or ask whoever runs the mail server."
    ),
    "bad_characters": _("The user name or the password holds a character that cannot be sent."),
    "secret": _("The stored password cannot be read with the keys of this site. Enter it again."),
    # Access by consent (OAuth).
    "grant_refused": _(
        "The access to this mailbox was withdrawn, or has ended. Connect it again to allow it anew."
    ),
    "provider_unreachable": _(
        "%(host)s, where the access to the mailbox is renewed, does not answer. It will be tried again."
    ),
    "provider_busy": _(
        "%(host)s, where the access to the mailbox is renewed, is busy. It will be tried again later."
    ),
    "provider_bad_answer": _(
        "%(host)s, where the access to the mailbox is renewed, gave an answer that cannot be understood. "
        "It will be tried again."
    ),
    "provider_insecure": _(
        "The address where the access to the mailbox is renewed, %(host)s, is not encrypted, so nothing was "
        "sent. Tell your administrator."
    ),
    "client_refused": _(
        "%(host)s does not accept this site: its client id, its secret or what it may ask for is wrong, "
        "or the secret has expired. Tell your administrator; it will be tried again."
    ),
    "client_missing": _(
        "This site is not set up for signing in with %(host)s any more. Tell your administrator."
    ),
    "access_refused": _(
        "%(host)s does not take the access that was allowed any more. Connect the mailbox again, "
        "and allow everything that is asked for."
    ),
    "scope_missing": _(
        "The access that was allowed does not open the mailbox at %(host)s. Connect it again, "
        "and leave every tick where it is when you are asked what to allow."
    ),
    "imap_disabled": _(
        "IMAP is switched off for this mailbox at %(host)s. "
        "Turn it on in the settings of your mail account, or ask whoever administers it."
    ),
    "smtp_disabled": _(
        "Sending from other programs (authenticated SMTP) is switched off for this mailbox at %(host)s. "
        "Ask whoever administers your mail to turn it on."
    ),
    "token_login": _("%(host)s offers no login for the access that was allowed. Tell your administrator."),
    "token_stale": _("The access to %(host)s is being renewed. Ask again in a moment."),
    # Later.
    "too_many_connections": _(
        "%(host)s has too many connections of this account open. Close other mail programs, or wait a little."
    ),
    "try_later": _("%(host)s is busy or limits how often it is asked. It will be tried again later."),
    # Answers.
    "not_imap": _("What answers on port %(port)s of %(host)s is not an IMAP server."),
    "bad_answer": _("%(host)s gave an answer that cannot be understood."),
    "too_big_answer": _("%(host)s sent more than was asked for."),
    "session_closed": _("The connection to %(host)s has already been closed."),
    "vanished": _("A message vanished from %(host)s while it was being read."),
    "folder_gone": _("The folder does not exist on %(host)s any more."),
    "folder_refused": _("%(host)s does not let this folder be opened."),
    # SMTP.
    "not_smtp": _("What answers on port %(port)s of %(host)s is not an SMTP server."),
    "sender_refused": _("%(host)s does not let this user send as the address given."),
    "message_refused": _(
        "%(host)s did not take the message. Perhaps it takes no mail for this recipient, or limits how much "
        "is sent."
    ),
    "smtp_refused": _("%(host)s refused to take mail from here. Ask whoever runs the mail server."),
}
