"""What users send to the CRM themselves: a blind copy of what they write, or a mail they forward.

Each has an address with an unguessable tag, in a mailbox that the company connects for it. What comes to it
is recorded as that user's own mail, whether the user's own mailbox is connected or not.
"""
