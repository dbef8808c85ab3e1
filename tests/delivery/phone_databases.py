"""Databases of phone systems: Kamailio's by its own scripts, Asterisk's with the columns that we write."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from tests.conftest import missing

KAMAILIO = Path("/usr/share/kamailio")
KAMAILIO_PARTS = ("standard", "auth_db", "alias_db", "group", "usrloc", "uri_db", "domain")

# As of Asterisk 22: columns and types that the connector meets, all others have defaults.
ASTERISK = """
CREATE TABLE ps_aors (id VARCHAR(255) NOT NULL UNIQUE, contact VARCHAR(255), max_contacts INTEGER,
  remove_existing {yes_no}, qualify_frequency INTEGER, mailboxes VARCHAR(80));
CREATE TABLE ps_auths (id VARCHAR(255) NOT NULL UNIQUE, auth_type {auth_type}, password VARCHAR(80),
  username VARCHAR(40), realm VARCHAR(255), md5_cred VARCHAR(40));
CREATE TABLE ps_endpoints (id VARCHAR(255) NOT NULL UNIQUE, transport VARCHAR(40), aors VARCHAR(2048),
  auth VARCHAR(255), context VARCHAR(40), disallow VARCHAR(200), allow VARCHAR(200), direct_media {yes_no},
  mailboxes VARCHAR(40), callerid VARCHAR(40), accountcode VARCHAR(80), set_var TEXT);
CREATE TABLE ps_contacts (id VARCHAR(255) UNIQUE, uri VARCHAR(511), endpoint VARCHAR(255));
CREATE TABLE extensions (id {serial}, context VARCHAR(40) NOT NULL, exten VARCHAR(40) NOT NULL,
  priority INTEGER NOT NULL, app VARCHAR(40) NOT NULL, appdata VARCHAR(256) NOT NULL,
  UNIQUE (context, exten, priority));
CREATE TABLE voicemail (uniqueid {serial}, context VARCHAR(80) NOT NULL, mailbox VARCHAR(80) NOT NULL,
  password VARCHAR(80) NOT NULL, fullname VARCHAR(80), email VARCHAR(80), attach {yes_no_only},
  language VARCHAR(20));
"""
ON_POSTGRES = {
    "yes_no": "ast_bool_values",
    "yes_no_only": "yes_no_values",
    "auth_type": "pjsip_auth_type_values_v2",
    "serial": "SERIAL PRIMARY KEY",
}
ON_SQLITE = {
    "yes_no": "VARCHAR(5)",
    "yes_no_only": "VARCHAR(5)",
    "auth_type": "VARCHAR(12)",
    "serial": "INTEGER PRIMARY KEY",
}
ENUMS = """
CREATE TYPE ast_bool_values AS ENUM ('0', '1', 'off', 'on', 'false', 'true', 'no', 'yes');
CREATE TYPE yes_no_values AS ENUM ('yes', 'no');
CREATE TYPE pjsip_auth_type_values_v2 AS ENUM ('md5', 'userpass', 'google_oauth');
"""


def kamailio_script(folder: str) -> str:
    if not (KAMAILIO / folder).is_dir():
        missing("Kamailio")
    return "\n".join((KAMAILIO / folder / f"{part}-create.sql").read_text() for part in KAMAILIO_PARTS)


def script_of(kind: str, *, sqlite: bool) -> str:
    """What makes the tables of a phone system of this kind."""
    if kind == "kamailio":
        return kamailio_script("db_sqlite" if sqlite else "postgres")
    if kind == "asterisk":
        return ASTERISK.format(**ON_SQLITE) if sqlite else ENUMS + ASTERISK.format(**ON_POSTGRES)
    return ""


def sqlite_phone_database(kind: str, folder: Path) -> str:
    """The URL of a new phone system's database, a file in a folder."""
    path = folder / f"{kind}.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script_of(kind, sqlite=True))
    return f"sqlite:///{path}"


@contextmanager
def postgres_phone_database(kind: str, server: str) -> Iterator[str]:
    """The URL of a new phone system's database on a PostgreSQL server."""
    script, name = script_of(kind, sqlite=False), f"{kind}_{uuid.uuid4().hex[:12]}"
    administer = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with administer.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    _run(f"{server}/{name}", script)
    yield f"{server}/{name}"
    with administer.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _run(url: str, script: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in script.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    engine.dispose()
