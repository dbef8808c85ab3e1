"""A small contract with everything a contract can have: each kind of value, nesting, repeats, every mode."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from provisioning.kernel.caller import Caller
from provisioning.kernel.facets import Code, Email, Facet, Kind, Most, Name, PageSize
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.operation import reads, rehearses, writes
from provisioning.kernel.unit_of_work import UnitOfWork


class Color(StrEnum):
    """Colours to choose from. The first one is a value like the others."""

    RED = "RED"
    GREEN = "GREEN"


Long = Annotated[int, Facet(Kind.LONG)]
Story = Annotated[str, Facet(name="Story", max_length=2000, multiline=True, doc="A text of several lines.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a thing."""

    label: Annotated[Name, "What it is called."]
    count: Annotated[PageSize | None, "How many."] = None
    color: Annotated[tuple[Color, ...], "Its colours."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewThing:
    """A thing to make."""

    code: Annotated[Code, "Its code."]
    color: Annotated[Color, "Its colour."]
    email: Annotated[Email | None, "Whom to ask."] = None
    big: Annotated[Long | None, "A number beyond 32 bits."] = None
    price: Annotated[Decimal | None, "A price."] = None
    day: Annotated[date | None, "A day."] = None
    moment: Annotated[datetime | None, "A moment."] = None
    picture: Annotated[bytes | None, "A picture."] = None
    story: Annotated[Story | None, "A story."] = None
    urgent: Annotated[bool | None, "True: at once."] = None
    part: Annotated[tuple[Part, ...], Most(3), "At most three parts."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A thing as it is."""

    code: Annotated[Code, "Its code."]
    color: Annotated[Color, "Its colour."]
    email: Annotated[Email | None, "Whom to ask."] = None
    big: Annotated[Long, "A number beyond 32 bits."] = 0
    price: Annotated[Decimal | None, "A price."] = None
    day: Annotated[date | None, "A day."] = None
    moment: Annotated[datetime, "A moment."]
    picture: Annotated[bytes | None, "A picture."] = None
    story: Annotated[str | None, "A story."] = None
    urgent: Annotated[bool, "True: at once."] = False
    part: Annotated[tuple[Part, ...], "Its parts."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingResult:
    """A thing after a write."""

    thing: Annotated[Thing, "The thing as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingPage:
    """Some things."""

    thing: Annotated[tuple[Thing, ...], "The things."] = ()
    total: Annotated[int | None, "How many there are."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateThingRequest(Request):
    new_thing: Annotated[NewThing, "The thing to make."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListThingsRequest(Request):
    text: Annotated[tuple[Name, ...], "Only whose code begins so."] = ()


@writes(None)
def create_thing(request: CreateThingRequest, caller: Caller, unit: UnitOfWork) -> ThingResult:
    """Make a thing.

    Errors: DUPLICATE_CODE.
    """
    return ThingResult(thing=_made(request.new_thing, unit))


@rehearses(None)
def preview_thing(request: CreateThingRequest, caller: Caller, unit: UnitOfWork) -> Thing:
    """Show what CreateThing would make."""
    return _made(request.new_thing, unit)


@reads(None)
def list_things(request: ListThingsRequest, caller: Caller, unit: UnitOfWork) -> ThingPage:
    """Things that are called so; there is one of each name."""
    things = tuple(Thing(code=each, color=Color.GREEN, moment=unit.now) for each in request.text)
    return ThingPage(thing=things, total=len(things))


def _made(new: NewThing, unit: UnitOfWork) -> Thing:
    return Thing(
        code=new.code,
        color=new.color,
        email=new.email,
        big=new.big or 0,
        price=new.price,
        day=new.day,
        moment=new.moment or unit.now,
        picture=new.picture,
        story=new.story,
        urgent=bool(new.urgent),
        part=new.part,
    )


OPERATIONS = (create_thing, preview_thing, list_things)
