"""How many connections the system lets one process hold."""

try:
    import resource
except ImportError:  # Windows, where a selector takes 512 sockets
    resource = None

#: Files that are needed for other things: database, log, queue, lookups of names.
OTHERS = 64
WITHOUT_LIMITS = 500


def room() -> int:
    """Connections that may be open at once, after the soft limit was raised to the hard one."""
    if resource is None:
        return WITHOUT_LIMITS - OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (ValueError, OSError):
            pass  # macOS takes no "unlimited": what there is must do
    if soft == resource.RLIM_INFINITY:
        return 1_000_000
    return max(soft - OTHERS, 1)


def advice(watched: int, wanted: int) -> str:
    """What to say where not all mailboxes can be watched."""
    enough = 2 ** (wanted + OTHERS).bit_length()
    return (
        f"The system lets a process open only so many files: {watched} of {wanted} mailboxes are watched; "
        "new mail of the others is found by polling, within minutes. To watch all of them, raise the limit: "
        f"“ulimit -n {enough}” in the shell that starts the watcher (as root where the hard limit is lower), "
        f"or “LimitNOFILE={enough}” in its systemd unit."
    )
