"""All steps of a daily run, one after the other. Each may be done at any time, also by several at the same time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import structlog
from sqlalchemy import select

from provisioning import dids, signups, users
from provisioning.companies import Provider
from provisioning.daily.contract import ForgetOldRequest, Kept
from provisioning.daily.operations import forget_old
from provisioning.kernel.caller import operator
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.messages import BatchRequest
from provisioning.kernel.operation import Operation

log = structlog.get_logger("provisioning.daily")

GoesOn = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """An operation that is called until there is no more: for each provider, or once when it names no provider."""

    name: str
    operation: Operation
    request: BatchRequest = field(default_factory=BatchRequest)
    for_each_provider: bool = True


STEPS = (
    Step("expiry warnings", users.warn_of_expiry),
    Step("users expired", users.expire_users),
    Step("sign-ups ended", signups.end_sign_ups),
    Step("reservations ended", dids.end_did_reservations),
    Step("restore windows ended", users.end_restore_windows),
    *(
        Step(
            f"old {kept.value.lower().replace('_', '-')} forgotten",
            forget_old,
            ForgetOldRequest(kept=kept),
            for_each_provider=False,
        )
        for kept in Kept
    ),
)


@dataclass(slots=True)
class Report:
    """What a run did, step by step; which steps failed; whether it came to its end."""

    counts: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    stopped: bool = False


def run_steps(
    dispatcher: Dispatcher,
    heard: Callable[[str, int], None] = lambda _step, _count: None,
    goes_on: GoesOn = lambda: True,
) -> Report:
    """Do every step, batch by batch, as long as it ``goes_on``; a step that fails does not stop the others.

    ``heard`` learns after each batch how much of a step is done.
    """
    report = Report()
    for step in STEPS:
        report.counts[step.name] = 0
        for batches in _parts(step, dispatcher, report):
            try:
                for count in batches:
                    report.counts[step.name] += count
                    heard(step.name, report.counts[step.name])
                    if not goes_on():
                        report.stopped = True
                        return report
            except Exception as error:  # noqa: BLE001 - the other steps are done all the same
                _note_failure(step, report, error)
    return report


def _parts(step: Step, dispatcher: Dispatcher, report: Report) -> Iterator[Iterator[int]]:
    """The batches of each provider apart: what goes wrong with one of them is nothing to the others."""
    if not step.for_each_provider:
        yield _batches(step, dispatcher, "")
        return
    try:
        with dispatcher.database.reading() as db:
            ids = db.scalars(select(Provider.id).order_by(Provider.id)).all()
    except Exception as error:  # noqa: BLE001 - likewise
        _note_failure(step, report, error)
        return
    for provider_id in ids:
        yield _batches(step, dispatcher, provider_id)


def _batches(step: Step, dispatcher: Dispatcher, provider_id: str) -> Iterator[int]:
    more = True
    while more:
        result = dispatcher.perform(step.operation, step.request, operator(provider_id))
        yield result.count
        more = result.more


def _note_failure(step: Step, report: Report, error: Exception) -> None:
    log.error("a step of the daily run failed", step=step.name, exc_info=error)
    if step.name not in report.failed:
        report.failed.append(step.name)
