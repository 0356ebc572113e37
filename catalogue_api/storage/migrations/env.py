"""Alembic's environment: it is handed an open connection by `storage.engine.schema`."""

from alembic import context

from catalogue_api.storage.engine.schema import is_compared
from catalogue_api.storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    include_name=is_compared,
)
with context.begin_transaction():
    context.run_migrations()
