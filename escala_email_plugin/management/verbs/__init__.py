"""What ``manage.py escala_email …`` can do: one file a verb.

Each has ``HELP``, ``run(options, say)`` and, where it takes arguments, ``arguments(parser)``. ``say`` takes a
line for whoever called; a verb that failed raises CommandError, whose ``returncode`` is the exit status.
"""

from . import audit, doctor, erase_person, forget, health, reindex, roles, rotate_keys, sync, watch

#: By the name that is typed, in the order in which they are listed.
VERBS = {
    "doctor": doctor,
    "reindex": reindex,
    "sync": sync,
    "audit": audit,
    "health": health,
    "forget": forget,
    "erase_person": erase_person,
    "rotate_keys": rotate_keys,
    "roles": roles,
    "watch": watch,
}
