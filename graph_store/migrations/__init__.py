"""Alembic's folder: how the tables of schema.py came about, one revision a file in versions/."""
