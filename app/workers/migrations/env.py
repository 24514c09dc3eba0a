"""Alembic's entry: runs the revisions on the connection that the database hands over. There is no offline mode."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
