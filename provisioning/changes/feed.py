"""A reader's place in the change feed."""

from datetime import datetime, timedelta

from provisioning.kernel.errors import Refusal
from provisioning.kernel.paging import read_cursor, write_cursor
from provisioning.kernel.texts import Text
from provisioning.settings import Settings

# A writer and a row of it; everything up to there has been read.
Place = tuple[int, int]
BEGINNING: Place = (0, 0)

_NAME = "changes"
# Who begins with the oldest change that is kept has this long until it asks for the second page.
_GRACE = timedelta(minutes=10)


class CursorExpired(Refusal):
    code = "CURSOR_EXPIRED"
    text = Text(
        "Changes after this cursor are no longer kept (for {days} days they are). To catch up: call ListChanges "
        "without a cursor and with since at the present moment, keep its nextCursor, list your objects anew, then "
        "go on from that nextCursor.",
        "Des changements postérieurs à ce curseur ne sont plus conservés (ils le sont {days} jours). Pour vous "
        "remettre à jour : appelez ListChanges sans curseur, avec since à l'instant présent, gardez son "
        "nextCursor, relisez vos objets, puis continuez à partir de ce nextCursor.",
    )


def write_place(place: Place, moment: datetime) -> str:
    """The cursor of a place, and the moment from which on changes after it may date."""
    return write_cursor(_NAME, (*place, moment))


def read_place(cursor: str, end: Place, settings: Settings, now: datetime) -> tuple[Place, datetime]:
    """The place and the moment of a cursor; refused when changes after it may be gone.

    A place beyond the end is one of a database that was lost since and restored from a copy.
    """
    writer, number, moment = read_cursor(_NAME, (int, int, datetime), cursor)
    place = (writer, number)
    if not is_kept(place, moment, end, settings, now):
        raise CursorExpired(field="cursor", days=settings.changes_days)
    return place, moment


def is_kept(place: Place, moment: datetime, end: Place, settings: Settings, now: datetime) -> bool:
    """Whether every change after a place, where one had read until a moment, is there to be read still."""
    return moment >= oldest_shown(settings, now) - _GRACE and place <= end


def oldest_shown(settings: Settings, now: datetime) -> datetime:
    return now - timedelta(days=settings.changes_days)
