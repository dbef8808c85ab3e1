"""A phone system that only writes down what it is told: for demonstrations and tests, in tables of its own."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, Text, UniqueConstraint

from provisioning.delivery.connectors.base import Unavailable
from provisioning.delivery.connectors.rows import Keyed, Row
from provisioning.delivery.connectors.sql import SqlConnector
from provisioning.kernel.phone_state import PhoneState

METADATA = MetaData()
RECORDED = Table(
    "recorded",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(150), nullable=False),
    Column("user_id", String(26), nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("kind", "name"),
)


class RecordingConnector(SqlConnector):
    """One row for the user, for each SIP name and for each number."""

    tables = (Keyed("recorded", ("kind", "name")),)

    def prepare(self) -> None:
        if self.engine.dialect.name == "sqlite":
            self._make_file(Path((self.engine.url.database or "").removeprefix("file:")))
        super().prepare()
        with self._connected() as connection:
            METADATA.create_all(connection)
            connection.commit()

    def rows_of(self, state: PhoneState) -> Iterator[Row]:
        whole = {
            "open": state.service_open,
            "name": state.display_name,
            "number": state.user_number,
            "extension": state.extension,
            "barred": sorted(state.barred),
            "voicemail": state.voicemail,
        }
        yield self._row(state, "user", state.user_id, whole)
        for account in state.sip_accounts:
            domain = account.domain or state.domain or ""
            detail = {"purpose": account.purpose, "ha1": account.ha1(domain)}
            yield self._row(state, "sip", f"{account.purpose}:{account.username}@{domain}", detail)
        for number in state.numbers:
            yield self._row(state, "number", number.number, {"use": number.use, "primary": number.primary})

    @staticmethod
    def _make_file(path: Path) -> None:
        try:
            path.touch()
        except OSError as error:
            raise Unavailable(f"its file cannot be made: {error.strerror}") from error

    @staticmethod
    def _row(state: PhoneState, kind: str, name: str, detail: Mapping[str, object]) -> Row:
        values = {"user_id": state.user_id, "detail": json.dumps(detail, sort_keys=True)}
        return Row("recorded", (kind, name), values)
