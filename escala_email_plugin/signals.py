"""What hosts and optional apps can listen to."""

from django.dispatch import Signal

#: Sent after commit, once for each message that became known to the CRM.
#: Arguments: ``message_id`` (primary key), ``account_id``.
message_recorded = Signal()
