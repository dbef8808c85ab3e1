from tests.extensions.desk import Extensions


def test_the_extension_is_free_at_once(extensions: Extensions) -> None:
    user = extensions.user(extension="206")
    answer = extensions.house.call("UnassignExtension", userRef={"userId": user})
    assert (answer["userId"], answer["freed"]) == (user, "206")
    assert extensions.of(user) is None
    assert extensions.of(extensions.user(extension="206")) == "206"


def test_done_already_is_no_change(extensions: Extensions) -> None:
    answer = extensions.house.call("UnassignExtension", userRef={"userId": extensions.user()})
    assert answer["outcome"]["noChange"]
    assert "freed" not in answer


def test_foreign_and_deleted_users(extensions: Extensions) -> None:
    house, user = extensions.house, extensions.user()
    stranger = house.client_of(house.provider.provider_id, house.new_company(house.provider, "OTHER"))
    fault = house.refused("UnassignExtension", stranger, userRef={"userId": user})
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "userRef")
    house.call("DeleteUser", userRef={"userId": user})
    fault = house.refused("UnassignExtension", userRef={"userId": user})
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")


def test_a_suspended_company_may_still_give_extensions_up(extensions: Extensions) -> None:
    house, user = extensions.house, extensions.user(extension="206")
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert house.call("UnassignExtension", userRef={"userId": user})["freed"] == "206"


def test_the_version_expected_is_the_users(extensions: Extensions) -> None:
    user = extensions.user(extension="206")
    fault = extensions.house.refused(
        "UnassignExtension", userRef={"userId": user}, control={"expectedVersion": 99}
    )
    assert fault["code"] == "VERSION_CONFLICT"


def test_a_dry_run_keeps_nothing(extensions: Extensions) -> None:
    user = extensions.user(extension="206")
    extensions.house.call("UnassignExtension", userRef={"userId": user}, control={"dryRun": True})
    assert extensions.of(user) == "206"
