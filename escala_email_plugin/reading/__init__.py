"""What somebody is shown of the mail: a record's conversations, a thread, a search, counters.

Every answer starts from ``visibility``'s querysets and asks a constant number of queries. No pages are made
here (``admin``).
"""
