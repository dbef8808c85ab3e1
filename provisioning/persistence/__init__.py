"""The database: one declarative base, one engine per kind of database, migrations."""
