"""The way to a server on which, once it is told so, nothing gets through any more, and nobody hangs up."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread


class Way:
    """Passes on what comes to ``port`` unless it is ``silent``: then as if the server were frozen or the line dead."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()
        self.port: int = self._listener.getsockname()[1]
        self.silent = Event()

    def close(self) -> None:
        for each in (self._listener, *self._open):
            with suppress(OSError):  # it has ended by itself
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in (self._listener, *self._open):
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._open += (client, server)
                for ends in ((client, server), (server, client)):
                    thread = Thread(target=self._pass_on, args=ends)
                    self._threads.append(thread)
                    thread.start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while octets := source.recv(65536):
                if not self.silent.is_set():
                    target.sendall(octets)
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def way_to(host: str, port: int) -> Iterator[Way]:
    way = Way(host, port)
    try:
        yield way
    finally:
        way.close()
