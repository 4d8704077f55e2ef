"""Mailbox → CRM: folders, scan, decide, fetch, record, threads.

``account.sync_account`` is the way in; each other file is one step of it.
"""
