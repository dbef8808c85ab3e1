"""What the others work on: one table in SQLite with the same 10,000 users, WAL, synchronous=FULL."""

import sqlite3
from contextlib import closing
from pathlib import Path

COMPANY = "0123456789abcdefghijklmnop"
FIRST = 100_000

_TABLE = """
CREATE TABLE users (
    user_id TEXT PRIMARY KEY, company_id TEXT NOT NULL, user_number TEXT NOT NULL,
    first_name TEXT NOT NULL, last_name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, language TEXT NOT NULL,
    mobile_phone TEXT, administrator INTEGER NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL,
    version INTEGER NOT NULL, UNIQUE (company_id, user_number)
)
"""
_INSERT = (
    "INSERT INTO users VALUES (?, ?, ?, 'Sylvie', 'Tremblay', ?, 'en', '+16505551212', 0, 'ACTIVE',"
    " '2031-02-28T12:30:15.250Z', 1)"
)


def make_database(path: Path, users: int) -> list[str]:
    """The database, and the numbers of its users."""
    numbers = [str(FIRST + number) for number in range(users)]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(_TABLE)
        rows = ((f"id-{number}", COMPANY, number, f"user.{number}@example.com") for number in numbers)
        connection.executemany(_INSERT, rows)
        connection.commit()
    return numbers
