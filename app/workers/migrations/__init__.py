"""Alembic's folder of the schema that workers share."""
