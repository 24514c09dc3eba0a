"""Alembic's entry: runs the revisions on the connection that database.py hands over. There is no offline mode."""

from alembic import context
from longreader.graph_store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
