"""The composition root: the only module that knows every part."""

from dataclasses import dataclass

from sqlalchemy.orm import configure_mappers

from provisioning import catalogue, messages, phone_systems
from provisioning.access import Authenticator
from provisioning.kernel.clock import Clock, utc_now
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.operation import Operation
from provisioning.kernel.secrets import KeyRing, KeyRingError
from provisioning.persistence.engine import Database, open_database
from provisioning.settings import PREFIX, Settings, WrongSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The parts of a running service, put together."""

    settings: Settings
    keys: KeyRing
    database: Database
    dispatcher: Dispatcher
    operations: tuple[Operation, ...] = catalogue.PUBLISHED


def compose(settings: Settings, clock: Clock = utc_now) -> Application:
    """Put the parts together. Opens no connection yet."""
    configure_mappers()  # before processes fork: otherwise the first call of each of them would have to wait for it
    keys = read_keys(settings)
    database = open_database(settings.database, threads=settings.threads, lock_wait=settings.lock_wait)
    dispatcher = Dispatcher(
        operations={each.name: each for each in catalogue.PUBLISHED},
        database=database,
        authenticate=Authenticator(database, settings, keys, clock),
        settings=settings,
        keys=keys,
        reactions=catalogue.REACTIONS,
        lost_races=catalogue.LOST_RACES,
        clock=clock,
        phone_systems=phone_systems.serving,
        post=messages.post,
    )
    return Application(settings=settings, keys=keys, database=database, dispatcher=dispatcher)


def read_keys(settings: Settings) -> KeyRing:
    """The key ring of the environment or of the key file."""
    if settings.keys:
        text, place = settings.keys, f"{PREFIX}KEYS"
    elif settings.key_file.exists():
        text, place = settings.key_file.read_text("ascii"), str(settings.key_file)
    else:
        raise WrongSetting(
            f"No keys: set {PREFIX}KEYS or make {settings.key_file} with `provisioning keys new`."
        )
    try:
        return KeyRing.parse(text)
    except (KeyRingError, UnicodeDecodeError) as error:
        raise WrongSetting(f"{place}: {error}") from None
