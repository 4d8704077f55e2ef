"""E-mail for CRMs built on Wagtail's admin.

Mail flows in through ``sync``, out through ``outbox``, and is read through one
queryset that knows who may see what: ``Message.objects.visible_to(user)``.
Everything else is a door or a tool:

``mail``        what an e-mail is: addresses, headers, parsing, safe HTML (pure functions)
``servers``     talking to mail servers: IMAP, SMTP, secrets, "test connection"
``sync``        mailbox → CRM: scan, decide, fetch, record, threads; sweep, preview, audit, watch, capture
``privacy``     what people decide about stored mail: sharing, requests, lists, leaving, erasing, retention
``modules``     the host's records: which models, their addresses, who may see them
``permissions`` what the Groups form offers, and which role has it
``visibility``  who sees how much of which message
``tasks``       background work, each a few lines over one action
``admin``       the pages: settings, timeline; their forms, panels and URLs
``hooks``       all that Wagtail's admin is told
"""

__version__ = "0.1.0"
