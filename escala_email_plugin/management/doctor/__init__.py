"""What is wrong with this site's mailboxes, and what to do about it. Looks; changes nothing.

``examine`` asks each check in turn; a check is a function that yields its findings. What it tells is for
administrators and for monitoring: in English, like Django's system checks, and without a secret, a subject or
anybody's correspondents.
"""

from .examine import examine
from .finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]
