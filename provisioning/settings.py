"""Every setting of the service: one frozen object, the only reader of the environment.

``provisioning settings`` prints this list with the values in force.
"""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from email.headerregistry import Address
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from provisioning.mail_server import MailServer, Tls, read_mail_server, read_sender, sender_at

PREFIX = "PROVISIONING_"
_MAIL_PROTOCOL = re.compile(r"[0-9]{1,3}=(EWS|GDAPI|OWA|IMAP|POP3)")
_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|no")
_LONGEST_WARNING = 365


class WrongSetting(ValueError):
    """A setting that the service cannot start with; the text names the variable."""


def _says(doc: str, **more: Any) -> dict[str, Any]:
    return {"doc": doc, **more}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator decides. Each field is read from PROVISIONING_ and its name in capitals."""

    var: Path = field(
        default=Path("var"),
        metadata=_says(
            "Folder of everything the service writes itself: SQLite database, keys, locks, demo.json."
        ),
    )
    database_url: str = field(
        default="",
        metadata=_says(
            "Database: sqlite:///path or postgresql+psycopg://user:secret@host/name. Default: SQLite in the folder above.",
            secret=True,
        ),
    )
    bind: str = field(default="127.0.0.1:8080", metadata=_says("Address and port to listen on."))
    public_url: str = field(
        default="",
        metadata=_says(
            "Address of the service as callers see it; stands in the WSDL. Default: http:// and bind."
        ),
    )
    workers: int = field(default=2, metadata=_says("Worker processes.", minimum=1, maximum=256))
    threads: int = field(
        default=4,
        metadata=_says(
            "Database threads of one worker on PostgreSQL; SQLite always has one.", minimum=1, maximum=64
        ),
    )
    tls_certificate: str = field(default="", metadata=_says("File with the server's certificate chain, PEM."))
    tls_key: str = field(default="", metadata=_says("File with the certificate's key, PEM."))
    plain_loopback: bool = field(
        default=False,
        metadata=_says("Allow credentials without TLS from 127.0.0.0/8 and ::1. For development only."),
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(),
        metadata=_says(
            "Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, by commas."
        ),
    )
    keys: str = field(
        default="",
        metadata=_says(
            "Keys that secrets are sealed under: name:base64 by blanks, the sealing one first.", secret=True
        ),
    )
    keys_file: str = field(
        default="", metadata=_says("File with those keys. Default: keys in the folder var.")
    )
    max_body: int = field(
        default=10 * 1024 * 1024,
        metadata=_says("Longest request body, in octets.", minimum=1024, maximum=1 << 30),
    )
    max_elements: int = field(
        default=20_000, metadata=_says("Most XML elements of a request.", minimum=100, maximum=10_000_000)
    )
    deadline: int = field(
        default=15, metadata=_says("Seconds a caller has to send its request.", minimum=1, maximum=3600)
    )
    lock_wait: int = field(
        default=10,
        metadata=_says(
            "Seconds a write waits for its turn before BACKEND_UNAVAILABLE.", minimum=1, maximum=600
        ),
    )
    retention_days: int = field(
        default=7,
        metadata=_says("Days that answers are kept for repeats of a requestId.", minimum=1, maximum=365),
    )
    changes_days: int = field(
        default=90, metadata=_says("Days that the change feed reaches back.", minimum=1, maximum=3650)
    )
    audit_days: int = field(
        default=365, metadata=_says("Days that the audit trail is kept.", minimum=1, maximum=36500)
    )
    delivery_days: int = field(
        default=90,
        metadata=_says("Days that the list of sent e-mails reaches back.", minimum=1, maximum=3650),
    )
    expiry_warning_days: tuple[str, ...] = field(
        default=("30", "7", "1"),
        metadata=_says("How many days before its last one a user is warned by e-mail, by commas; 0 to 365."),
    )
    daily_at: str = field(
        default="00:15",
        metadata=_says("When the relay does the daily run, hh:mm in the time zone; no: somebody else does."),
    )
    restore_days: int = field(
        default=30, metadata=_says("Days in which a deleted user can be restored.", minimum=0, maximum=3650)
    )
    sign_up_days: int = field(
        default=30,
        metadata=_says("Days after its end that an unpaid sign-up can be reopened.", minimum=0, maximum=3650),
    )
    reservation_minutes: int = field(
        default=15,
        metadata=_says("Minutes a DID reservation lasts unless the caller says.", minimum=1, maximum=525600),
    )
    pin_link_hours: int = field(
        default=168,
        metadata=_says("Hours in which a link to choose a PIN can be used.", minimum=1, maximum=8760),
    )
    mail_protocols: tuple[str, ...] = field(
        default=("1=EWS", "2=GDAPI", "3=POP3", "4=IMAP", "5=OWA"),
        metadata=_says("Numbers that stand for mail protocols in import files, as number=name by commas."),
    )
    sip_domain: str = field(
        default="localhost",
        metadata=_says("Domain of SIP accounts in companies that have set none."),
    )
    relay_threads: int = field(
        default=8, metadata=_says("Deliveries that a relay makes at a time.", minimum=1, maximum=64)
    )
    relay_lease: int = field(
        default=60,
        metadata=_says(
            "Seconds after which others take over what a relay that died was delivering.",
            minimum=5,
            maximum=3600,
        ),
    )
    time_zone: str = field(
        default="UTC",
        metadata=_says(
            "Where days begin: expiry dates and the daily run go by the calendar of this zone, as America/Toronto."
        ),
    )
    smtp_url: str = field(
        default="",
        metadata=_says(
            "Mail server: smtp://host:587 (STARTTLS required), smtps://host:465, or smtp://host:25?tls=no. Default: mails become files in the folder mail of var."
        ),
    )
    smtp_user: str = field(default="", metadata=_says("User name at the mail server."))
    smtp_password: str = field(default="", metadata=_says("Password at the mail server.", secret=True))
    smtp_timeout: int = field(
        default=20,
        metadata=_says("Seconds to wait for each answer of the mail server.", minimum=1, maximum=600),
    )
    smtp_ca_file: str = field(
        default="",
        metadata=_says(
            "File with the authorities, PEM, that the mail server's certificate may be from. Default: the system's."
        ),
    )
    mail_from: str = field(
        default="",
        metadata=_says(
            "Sender of all mails, as Name <address> or address. Default: no-reply at the public host."
        ),
    )
    webhook_threads: int = field(
        default=16, metadata=_says("Webhooks that a relay posts at a time.", minimum=1, maximum=256)
    )
    webhook_days: int = field(
        default=5,
        metadata=_says(
            "Days of failures in a row after which a webhook subscription is disabled.", minimum=1, maximum=90
        ),
    )
    metrics_networks: tuple[str, ...] = field(
        default=("127.0.0.0/8", "::1/128"),
        metadata=_says("Networks from which /metrics may be read, by commas; for others it is not there."),
    )
    webhook_networks: tuple[str, ...] = field(
        default=(),
        metadata=_says(
            "Networks that webhooks may go to although they are not public, as 10.20.0.0/16 by commas."
        ),
    )
    webhook_plain: bool = field(
        default=False, metadata=_says("Let webhooks go to http:// as well. For development only.")
    )
    webhook_ca_file: str = field(
        default="",
        metadata=_says(
            "File with authorities, PEM, that receivers' certificates may be from besides the system's."
        ),
    )
    rate_storage: str = field(
        default="memory://",
        metadata=_says("Where request rates are counted: memory:// (per worker) or redis://host."),
    )
    log_level: str = field(default="info", metadata=_says("debug, info, warning or error."))

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.var.resolve() / 'provisioning.db'}"

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def warning_days(self) -> tuple[int, ...]:
        return tuple(int(each) for each in self.expiry_warning_days)

    @property
    def daily_time(self) -> time | None:
        """When the daily run is to begin; None when the relay is not to do it."""
        return None if self.daily_at == "no" else time.fromisoformat(self.daily_at)

    @property
    def address(self) -> str:
        return (self.public_url or f"http://{self.bind}").rstrip("/")

    @property
    def host(self) -> str:
        """The service's name or address without scheme and port."""
        return urlsplit(self.address).hostname or "localhost"

    @cached_property
    def mail_server(self) -> MailServer | None:
        """Where mails go; None when they become files."""
        return read_mail_server(self.smtp_url)

    @cached_property
    def mail_sender(self) -> Address:
        return (read_sender(self.mail_from) if self.mail_from else None) or sender_at(self.host)

    @property
    def mail_protocol_numbers(self) -> dict[int, str]:
        return {
            int(number): name for number, _, name in (each.partition("=") for each in self.mail_protocols)
        }

    @property
    def key_file(self) -> Path:
        return Path(self.keys_file) if self.keys_file else self.var / "keys"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment. An unknown or wrong one is an error that names it."""
    given = os.environ if environment is None else environment
    known = {PREFIX + each.name.upper(): each for each in fields(Settings)}
    for name in given:
        if name.startswith(PREFIX) and name not in known:
            raise WrongSetting(f"{name} is no setting of this service; `provisioning settings` lists them.")
    values = {
        each.name: _read(name, each.type, each.metadata, given[name])
        for name, each in known.items()
        if given.get(name)
    }
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _read(name: str, kind: Any, notes: Mapping[str, Any], text: str) -> Any:
    if kind is bool:
        return _read_switch(name, text)
    if kind is int:
        return _read_number(name, notes, text)
    if kind is Path:
        return Path(text)
    if kind is str:
        return text
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _read_switch(name: str, text: str) -> bool:
    if text.lower() not in {"1", "0", "true", "false", "yes", "no"}:
        raise WrongSetting(f"{name} must be yes or no, not {text!r}.")
    return text.lower() in {"1", "true", "yes"}


def _read_number(name: str, notes: Mapping[str, Any], text: str) -> int:
    low, high = notes["minimum"], notes["maximum"]
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise WrongSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _check_together(settings: Settings) -> None:
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        raise WrongSetting(f"{PREFIX}TLS_CERTIFICATE and {PREFIX}TLS_KEY go together.")
    if settings.log_level not in {"debug", "info", "warning", "error"}:
        raise WrongSetting(f"{PREFIX}LOG_LEVEL must be debug, info, warning or error.")
    if not settings.database.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise WrongSetting(f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
    if not all(_MAIL_PROTOCOL.fullmatch(each) for each in settings.mail_protocols):
        raise WrongSetting(
            f"{PREFIX}MAIL_PROTOCOLS must be number=name by commas, names EWS, GDAPI, OWA, IMAP, POP3."
        )
    for days in settings.expiry_warning_days:
        if not days.isascii() or not days.isdigit() or int(days) > _LONGEST_WARNING:
            raise WrongSetting(f"{PREFIX}EXPIRY_WARNING_DAYS must be whole numbers from 0 to 365 by commas.")
    if not _TIME_OF_DAY.fullmatch(settings.daily_at):
        raise WrongSetting(f"{PREFIX}DAILY_AT must be hh:mm or no.")
    _check_mail(settings)
    if settings.time_zone not in available_timezones():
        raise WrongSetting(f"{PREFIX}TIME_ZONE must be a name such as America/Toronto.")
    _check_webhooks(settings)
    _check_networks("METRICS_NETWORKS", settings.metrics_networks)
    host, colon, port = settings.bind.rpartition(":")
    if not colon or not host or not port.isdigit():
        raise WrongSetting(f"{PREFIX}BIND must be host:port, not {settings.bind!r}.")


def _check_mail(settings: Settings) -> None:
    server = settings.mail_server
    if settings.smtp_url and server is None:
        raise WrongSetting(
            f"{PREFIX}SMTP_URL must be smtp://host:port, smtps://host:port or smtp://host:port?tls=no."
        )
    if settings.mail_from and read_sender(settings.mail_from) is None:
        raise WrongSetting(f"{PREFIX}MAIL_FROM must be an address or Name <address>.")
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        raise WrongSetting(f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD go together.")
    if not (settings.smtp_user + settings.smtp_password).isascii():
        raise WrongSetting(f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD must be ASCII.")
    if server and settings.smtp_password and server.tls is Tls.NONE and not server.is_near:
        raise WrongSetting(f"{PREFIX}SMTP_PASSWORD needs TLS unless the mail server is on this host.")
    if settings.smtp_ca_file and not Path(settings.smtp_ca_file).is_file():
        raise WrongSetting(f"{PREFIX}SMTP_CA_FILE names no file: {settings.smtp_ca_file!r}.")


def _check_networks(name: str, networks: tuple[str, ...]) -> None:
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            raise WrongSetting(f"{PREFIX}{name} must be networks by commas, not {network!r}.") from None


def _check_webhooks(settings: Settings) -> None:
    _check_networks("WEBHOOK_NETWORKS", settings.webhook_networks)
    if settings.webhook_ca_file:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(settings.webhook_ca_file)
        except OSError:
            raise WrongSetting(
                f"{PREFIX}WEBHOOK_CA_FILE is no file of certificates: {settings.webhook_ca_file!r}."
            ) from None
