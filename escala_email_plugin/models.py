"""The tables, and the rules the database itself keeps. No behaviour.

A timeline is a question, not a copy: the messages of a record are those with a
participant whose address is among the record's addresses. Merging or changing
contacts therefore moves nothing.
"""

from .tables.accounts import EmailAccount, Folder
from .tables.addresses import Address, CaptureAddress, Lookup, RecordAddress, Rule, Tally
from .tables.decisions import Erasure, Policy
from .tables.messages import (
    Attachment,
    ForgottenFile,
    Location,
    Message,
    Participant,
    Quarantined,
    Reference,
    Thread,
)
from .tables.reading import ModuleSwitch, RecordThread, ShownSender, ThreadRead, Visit
from .tables.search import SearchEntry
from .tables.sharing import AccessRequest, Grant, ThreadLevel
from .tables.work import Beat, Run

__all__ = [
    "AccessRequest",
    "Address",
    "Attachment",
    "Beat",
    "CaptureAddress",
    "EmailAccount",
    "Erasure",
    "Folder",
    "ForgottenFile",
    "Grant",
    "Location",
    "Lookup",
    "Message",
    "ModuleSwitch",
    "Participant",
    "Policy",
    "Quarantined",
    "RecordAddress",
    "RecordThread",
    "Reference",
    "Rule",
    "Run",
    "SearchEntry",
    "ShownSender",
    "Tally",
    "Thread",
    "ThreadLevel",
    "ThreadRead",
    "Visit",
]
