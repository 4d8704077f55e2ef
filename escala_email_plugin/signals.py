"""What hosts and optional apps can listen to."""

from django.dispatch import Signal

#: Sent after commit, once for each message that became known to the CRM.
#: Arguments: ``message_id`` (primary key), ``account_id``.
message_recorded = Signal()

#: Sent after commit when an account fell into *reconnect needed* (``sync.states``).
#: Argument: ``account_id``.
reconnect_needed = Signal()

#: Sent after commit when somebody asked a colleague to see mail that is hidden (``privacy.access``).
#: Argument: ``request_id``.
access_asked = Signal()

#: Sent after commit when entries came to the list of who is no contact for anybody, or were taken off it.
#: Argument: ``returned``, the patterns that were taken off.
no_contacts_changed = Signal()

#: Sent in the transaction in which a mailbox was found to be that of somebody who left (``privacy.leaving``).
#: Argument: ``account``, as it is now.
owner_left = Signal()

#: Sent in the transaction in which the owner of a mailbox was found to be back.
#: Argument: ``account``, as it was.
owner_returned = Signal()

#: Sent in the transaction in which the mail of who left begins to go by the rule (``privacy.leavers_mail``).
#: Argument: ``account``.
leaver_removed = Signal()
