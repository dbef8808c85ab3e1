"""Alembic's folder: its environment, the template of a revision, the revisions."""
