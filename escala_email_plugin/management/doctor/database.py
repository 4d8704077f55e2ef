"""Whether the tables are those of this version."""

from collections.abc import Iterator

from django.db import connections, router
from django.db.migrations.executor import MigrationExecutor

from ...models import EmailAccount
from .finding import Finding, Level

LABEL = EmailAccount._meta.app_label


def migrations() -> Iterator[Finding]:
    """Migrations of this app that were not run."""
    executor = MigrationExecutor(connections[router.db_for_write(EmailAccount)])
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] == LABEL]
    pending = [
        migration.name
        for migration, _backwards in executor.migration_plan(leaves)
        if migration.app_label == LABEL
    ]
    if pending:
        says = f"Its tables are older than this version. Not run: {', '.join(pending)}."
        yield Finding("database", Level.WRONG, says, "Run “manage.py migrate escala_email”.")
    else:
        yield Finding("database", Level.OK, "Every migration was run.")
