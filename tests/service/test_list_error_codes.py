from provisioning.kernel.errors import CODES
from tests.house import House


def test_every_code_is_listed_with_its_number_and_meaning(house: House) -> None:
    listed = house.call("ListErrorCodes")["errorCode"]
    assert [each["code"] for each in listed] == sorted(CODES, key=lambda code: CODES[code].number)
    locked = next(each for each in listed if each["code"] == "CLIENT_LOCKED")
    assert (locked["family"], locked["retryable"]) == ("CALLER", True)
    assert locked["meaningEn"].startswith("Too many")
    assert locked["meaningFr"].startswith("Trop de")


def test_numbers_and_meanings_are_everybodys_own(house: House) -> None:
    listed = house.call("ListErrorCodes")["errorCode"]
    for key in ("number", "meaningEn", "meaningFr"):
        assert len({each[key] for each in listed}) == len(listed)
