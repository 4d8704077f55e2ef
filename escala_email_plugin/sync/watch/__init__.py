"""New mail within a second: one process holds IDLE (RFC 2177) for every account.

``loop.Watcher`` is the loop, one thread round one selector. It never waits for a server or the database:
connections are opened in threads of their own (``opening``), as many at once as ``turns`` lets through, after
the ``pauses`` that their trouble asks for; and what is read from and written to the database is the
``desk``'s. ``calm`` keeps a busy mailbox from being synchronised without end, and ``open_files`` knows how
many connections the system allows.

IDLE is a hint and no more: accounts are polled all the same, only less often while they are watched.
"""

from .loop import Watcher

__all__ = ["Watcher"]
