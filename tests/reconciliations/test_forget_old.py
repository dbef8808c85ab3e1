"""Reconciliations that ended long ago are forgotten, with what they found."""

from datetime import timedelta

from sqlalchemy import func, select

from provisioning.reconciliations import forget_old
from provisioning.reconciliations.model import FoundDifference
from tests.delivery.site import Site
from tests.reconciliations.scene import drift, page, shown, start_one, work


def test_what_ended_before_a_moment_goes_and_the_rest_stays(site: Site) -> None:
    house = site.house
    drift(site)
    old = start_one(site)
    work(site)
    house.clock.pass_time(days=2)
    recent = start_one(site)
    work(site)
    waiting = start_one(site)
    house.clock.pass_time(days=2)
    with house.application.database.writing() as db:
        assert forget_old(db, house.clock() - timedelta(days=3)) == 1
        db.commit()
    fault = house.refused("GetReconciliation", house.provider, reconciliationId=old)
    assert fault["code"] == "NOT_FOUND"
    assert len(page(site, recent)["difference"]) == 1
    assert shown(site, waiting)["state"] == "QUEUED"
    with house.application.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(FoundDifference)) == 1
