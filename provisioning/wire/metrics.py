"""What a Prometheus server is told. All of it is read from the database at that moment: every worker says the same."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from provisioning import CONTRACT_VERSION, reconciliations, subscriptions, tasks
from provisioning.application import Application
from provisioning.persistence.engine import DatabaseBusy
from provisioning.wire.answers import plain, send_answer
from provisioning.wire.exchange import HttpAnswer, headers_of
from provisioning.wire.origin import Origins
from provisioning.wire.threads import Threads

log = structlog.get_logger("provisioning.wire")

_FORWARDED = {"forwarded", "x-forwarded-for"}
_NOTHING = plain(404, "There is nothing at this address.")
_BUSY = plain(503, "The figures cannot be read now.", retry_after="5", cache_control="no-store")


class Metrics:
    """The page, for whoever asks from the networks of the setting; for others it is not there."""

    def __init__(self, application: Application, threads: Threads, origins: Origins) -> None:
        self._application = application
        self._threads = threads
        self._origins = origins
        self._networks = tuple(ip_network(each) for each in application.settings.metrics_networks)

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        if not self._may_know(scope):
            answer = _NOTHING
        elif self._threads.full:
            answer = _BUSY
        else:
            answer = await self._threads.run(self._answer, None)
        await send_answer(send, answer, self._threads, head=scope["method"] == "HEAD")

    def _may_know(self, scope: Scope) -> bool:
        headers = headers_of(scope)
        peer = scope["client"][0] if scope["client"] else ""
        source, _ = self._origins.of(peer, scope["scheme"], headers)
        if not _FORWARDED.isdisjoint(headers) and source == self._origins.of(peer, "", {})[0]:
            return False  # behind a proxy that is not believed anybody may stand
        try:
            address = ip_address(source)
        except ValueError:
            return False
        return any(address in each for each in self._networks)

    def _answer(self, _: None) -> HttpAnswer:
        try:
            with self._application.database.reading() as db:
                registry = CollectorRegistry(auto_describe=False)
                registry.register(_Figures(list(_families(db, self._application))))
                body = generate_latest(registry)
        except (SQLAlchemyError, DatabaseBusy, OSError) as error:
            log.warning("no figures", error=type(error).__name__)
            return _BUSY
        headers = {"cache-control": "no-store"}
        return HttpAnswer(status=200, content_type=CONTENT_TYPE_PLAIN_0_0_4, body=body, headers=headers)


class _Figures:
    """A collector of what was read already."""

    def __init__(self, families: list[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._families


def _families(db: Session, application: Application) -> Iterator[GaugeMetricFamily]:
    build = GaugeMetricFamily("provisioning_build_info", "The contract that is served.", labels=["contract"])
    build.add_metric([CONTRACT_VERSION], 1)
    yield build
    rows = GaugeMetricFamily(
        "provisioning_outbox_rows",
        "What has still to be delivered, or has been given up (FAILED).",
        labels=["topic", "state", "phone_system"],
    )
    age = GaugeMetricFamily(
        "provisioning_outbox_oldest_seconds",
        "How long the oldest of them has been there.",
        labels=["topic", "state", "phone_system"],
    )
    now = application.dispatcher.clock()
    for each in tasks.figures(db):
        labels = [each.topic, each.state, each.phone_system]
        rows.add_metric(labels, each.rows)
        age.add_metric(labels, (now - each.oldest).total_seconds())
    yield from (rows, age)
    running = GaugeMetricFamily(
        "provisioning_reconciliations", "Reconciliations that are not over.", labels=["state"]
    )
    for state, count in reconciliations.count_not_over(db).items():
        running.add_metric([state], count)
    yield running
    webhooks = GaugeMetricFamily(
        "provisioning_webhook_subscriptions", "Subscriptions of clients to changes.", labels=["state"]
    )
    for each_state, count in subscriptions.count_by_state(db).items():
        webhooks.add_metric([each_state], count)
    yield webhooks
