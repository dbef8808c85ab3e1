"""GetReconciliation: how far it is, and what it found."""

import pytest

from tests.delivery.site import Site
from tests.reconciliations.scene import drift, page, start_one, tamper, work


def test_what_was_found_is_told_without_values(site: Site) -> None:
    user_id = site.create_user()
    made = site.call("SetSipCredentials", user_id, purpose="REGISTRATION")
    site.deliver()
    tamper(site, "UPDATE recorded SET detail = 'x' WHERE kind = 'sip'")
    tamper(site, "DELETE FROM recorded WHERE kind = 'user'")
    reconciliation_id = start_one(site)
    work(site)
    shown = page(site, reconciliation_id)
    different, missing = sorted(shown["difference"], key=lambda each: each["drift"])
    assert missing == {
        "drift": "MISSING",
        "table": "recorded",
        "name": f"user {user_id}",
        "userId": user_id,
    }
    assert different["column"] == ["detail"]
    assert different["name"].startswith("sip REGISTRATION:")
    assert set(different) == {"drift", "table", "name", "column", "userId"}
    assert made["generatedSecret"] not in str(shown)
    counts = {name: shown["reconciliation"][name] for name in ("missing", "different", "extra", "foreign")}
    assert counts == {"missing": 1, "different": 1, "extra": 0, "foreign": 0}


def test_pages_go_on_in_the_order_of_users(site: Site) -> None:
    users = drift(site, 3)
    reconciliation_id = start_one(site)
    work(site)
    first = page(site, reconciliation_id, pageSize=2, withTotal=True)
    second = page(site, reconciliation_id, pageSize=2, cursor=first["nextCursor"])
    assert first["total"] == 3
    assert "nextCursor" not in second
    assert [each["userId"] for each in (*first["difference"], *second["difference"])] == sorted(users)
    other = start_one(site)
    fault = site.house.refused(
        "GetReconciliation", site.house.provider, reconciliationId=other, cursor=first["nextCursor"]
    )
    assert fault["code"] == "INVALID_CURSOR"


@pytest.mark.parametrize("whose", ["nobody's", "another provider's"])
def test_what_is_others_is_not_found(site: Site, whose: str) -> None:
    other, _ = site.house.new_provider("Other")
    reconciliation_id = start_one(site) if whose == "another provider's" else "0" * 26
    fault = site.house.refused("GetReconciliation", other, reconciliationId=reconciliation_id)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "reconciliationId")


def test_a_company_may_not_ask(site: Site) -> None:
    fault = site.house.refused("GetReconciliation", site.house.company, reconciliationId=start_one(site))
    assert fault["code"] == "NOT_PERMITTED"


def test_the_operator_may(site: Site) -> None:
    reconciliation_id = start_one(site)
    shown = site.house.operate("GetReconciliation", reconciliationId=reconciliation_id)
    assert shown["reconciliation"]["reconciliationId"] == reconciliation_id
