"""Reading the body of a request: whole, within a length, within a time, within what memory there is for all bodies."""

import asyncio
from typing import Any

from starlette.types import Receive

_SMALL = 64 * 1024
_DRAINED = 64 * 1024 * 1024
_PAUSE = 1.0


class TooLong(Exception):
    """The body is longer than is taken."""


class TooShort(Exception):
    """The body ended before its length was reached."""


class TooSlow(Exception):
    """The body was not here in time."""


class NoRoom(Exception):
    """Other large bodies fill the memory that is set aside for them."""


class Room:
    """Octets for large bodies that are held at one time. Small ones always find room."""

    def __init__(self, octets: int) -> None:
        self.free = octets

    def take(self, octets: int) -> None:
        if octets > self.free:
            raise NoRoom
        self.free -= octets

    def give_back(self, octets: int) -> None:
        self.free += octets


class Body:
    """One request's body. The deadline holds for reading and for draining; None means that all of it is here."""

    def __init__(self, receive: Receive, deadline: float | None) -> None:
        self._receive = receive
        self._deadline = deadline
        self._ended = False
        self.room = 0  # what it has taken of the room for large bodies

    async def read(self, limit: int, room: Room) -> bytes:
        if self._deadline is None:
            return await self._read(limit, room)
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._read(limit, room)
        except TimeoutError:
            raise TooSlow from None

    async def _read(self, limit: int, room: Room) -> bytes:
        pieces, length = [await self._piece()], 0
        while True:
            length += len(pieces[-1])
            if length > limit:
                raise TooLong
            if length > _SMALL:
                room.take(length - self.room)
                self.room = length
            if self._ended:
                return pieces[0] if len(pieces) == 1 else b"".join(pieces)
            pieces.append(await self._piece())

    async def drain(self) -> None:
        """Read on after an early answer while the caller is still sending."""
        drained = 0
        try:
            async with asyncio.timeout_at(self._deadline):
                while not self._ended and drained < _DRAINED:
                    async with asyncio.timeout(_PAUSE):
                        drained += len(await self._piece())
        except (TimeoutError, TooShort):
            pass

    async def _piece(self) -> bytes:
        message: Any = await self._receive()
        if message["type"] == "http.disconnect":
            self._ended = True
            raise TooShort
        self._ended = not message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece
