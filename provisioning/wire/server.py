"""The server process: gunicorn, told everything here and nothing by files, arguments or the environment."""

import gc
import os
import random
import resource
import signal
import socket
import ssl
from collections import Counter
from typing import Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from starlette.types import ASGIApp

from provisioning.application import Application, compose
from provisioning.logs import configure_logs
from provisioning.settings import PREFIX, Settings, WrongSetting
from provisioning.wire.transport import make_asgi
from provisioning.wire.worker import STOPPING, Worker

log = structlog.get_logger("provisioning.wire")

_CONNECTIONS = 1000
_FILES = 4096
_BACKLOG = 1024
_LAST_PORT = 65535
_GRACE = 30
_HEARTBEAT = 60
_MOST_IDLE = 15


def serve(settings: Settings) -> None:
    """Serve until a signal: TERM finishes the calls that run, INT and QUIT do not, HUP starts new workers.

    WrongSetting when the service cannot start as it is told to.
    """
    configure_logs(settings.log_level)
    run(compose(settings))


def run(application: Application) -> None:
    """Serve an application that is put together."""
    settings = application.settings
    settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = Server(application, make_asgi(application), listen(settings))
    _allow_files(_FILES)
    # What is there by now all workers share for good: nobody need look at it for garbage, or copy it to do so.
    gc.collect()
    gc.freeze()
    server.run()


def listen(settings: Settings) -> socket.socket:
    """The socket of the setting BIND. gunicorn's own attempts would take five seconds and end in a log line."""
    host, _, port = settings.bind.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if int(port) > _LAST_PORT:
        raise WrongSetting(f"{PREFIX}BIND: cannot listen on {settings.bind}: there is no such port.")
    try:
        return socket.create_server((host, int(port)), family=family, backlog=_BACKLOG)
    except OSError as error:
        # create_server adds to the system's words; errors of names, which are negative, have only their own.
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else str(error.strerror)
    raise WrongSetting(f"{PREFIX}BIND: cannot listen on {settings.bind}: {reason}.")


def read_certificate(settings: Settings) -> ssl.SSLContext | None:
    """TLS as the settings want it, if they do."""
    if not settings.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    except ssl.SSLError:
        reason = "not PEM, or the key is not the certificate's"
    except OSError as error:
        reason = str(error.strerror)
    else:
        return context
    raise WrongSetting(f"{PREFIX}TLS_CERTIFICATE and {PREFIX}TLS_KEY: {reason}.")


def _allow_files(wanted: int) -> None:
    """Sockets for all connections of a worker, where the usual limit of 1024 files would end before them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is not typed
    """gunicorn's idea of an application: its configuration, and what each worker serves."""

    def __init__(self, application: Application, asgi: ASGIApp, listener: socket.socket) -> None:
        self._settings = application.settings
        self._engine = application.database.engine
        self._asgi = asgi
        self._address = f"fd://{listener.detach()}"
        self._tls = read_certificate(application.settings)
        self.patience = application.settings.deadline
        super().__init__(prog="provisioning")

    def run(self) -> None:
        _Arbiter(self).run()

    def load(self) -> ASGIApp:
        return self._asgi

    def reload(self) -> None:
        """On HUP: what is told is the same, but a certificate may have been renewed."""
        try:
            self._tls = read_certificate(self._settings)
        except WrongSetting as error:
            log.warning("the certificate stays the old one", reason=str(error))
        super().reload()

    def load_config(self) -> None:
        for name, value in (self._process() | self._http()).items():
            self.cfg.set(name, value)

    def _process(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "bind": self._address,
            "workers": settings.workers,
            "worker_class": Worker,
            "worker_connections": _CONNECTIONS,
            "preload_app": True,
            "pre_fork": _choose_processor,
            "post_fork": self._settle,
            "timeout": max(_HEARTBEAT, 2 * settings.deadline),
            "graceful_timeout": _GRACE,
            "worker_tmp_dir": str(settings.var),
            "control_socket_disable": True,
            "logger_class": Log,
            "loglevel": settings.log_level,
            "proc_name": "provisioning",
        }

    def _http(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "keepalive": min(settings.deadline, _MOST_IDLE),
            "certfile": settings.tls_certificate or None,
            "keyfile": settings.tls_key or None,
            "ssl_context": lambda _config, _default: self._tls,
            "header_map": "refuse",
            "limit_request_fields": 64,
            # Who is a proxy and what of it is believed is decided in one place: origin.py.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "asgi_loop": "asyncio",
            "asgi_lifespan": "on",
        }

    def _settle(self, _arbiter: Any, worker: Any) -> None:
        """Each worker opens its own connections to the database; those of the parent are not its to close."""
        self._engine.dispose(close=False)
        if worker.processor is not None:
            os.sched_setaffinity(0, {worker.processor})


class _Arbiter(Arbiter):  # type: ignore[misc] # gunicorn is not typed
    """gunicorn's master. A worker hears signals from its beginning.

    One that was told to stop while it was being made would take the signal for its parent's, forget it, and be waited
    for until the time of grace is over.
    """

    def spawn_worker(self) -> int:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            return int(super().spawn_worker())
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _choose_processor(arbiter: Any, worker: Any) -> None:
    """One processor for each worker: its event loop and its threads never run at the same time.

    Waking a thread on another processor costs more than most calls do: measured, a sixth of the processor time of
    a call. Of the processors that fewest siblings are on any one, since other services may do the same.
    """
    worker.processor = None
    if hasattr(os, "sched_setaffinity"):
        siblings = Counter(each.processor for each in arbiter.WORKERS.values())
        allowed = os.sched_getaffinity(0)
        fewest = min(siblings[each] for each in allowed)
        worker.processor = random.choice([each for each in allowed if siblings[each] == fewest])  # noqa: S311 - no secret


class Log(Logger):  # type: ignore[misc] # gunicorn is not typed
    """gunicorn's messages among ours. No access log: it would be another place where secrets could stand."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.propagate = True
        self.error_log.setLevel(self.LOG_LEVELS[cfg.loglevel])
