import itertools

from provisioning.users import LetterKind
from tests.house import House

NAMES = {"firstName", "lastName", "email", "userNumber", "companyName"}


def test_built_in_words_are_there_from_the_beginning(house: House) -> None:
    for kind, language in itertools.product(LetterKind, ("en", "fr")):
        template = house.call("GetMessageTemplate", letterKind=kind, language=language)
        assert (template["origin"], template["version"]) == ("SYSTEM", 1)
        assert (template["letterKind"], template["language"]) == (kind, language)
        assert "html" not in template
        known = {each["name"]: each for each in template["templatePlaceholder"]}
        assert known.keys() >= NAMES
        assert all(f"{{{name}}}" in template["text"] for name, each in known.items() if each["required"])


def test_placeholders_are_explained_in_the_language_of_the_request(house: House) -> None:
    meanings = {
        language: {
            each["name"]: each["meaning"]
            for each in house.call(
                "GetMessageTemplate",
                control={"language": language},
                letterKind="ACCESS_CODES",
                language="en",
            )["templatePlaceholder"]
        }
        for language in ("en", "fr")
    }
    assert meanings["en"].keys() == meanings["fr"].keys() == NAMES | {"accessCode"}
    assert meanings["fr"]["firstName"] == "Le prénom de l'usager."


def test_another_tenants_company_is_not_found(house: House) -> None:
    stranger, _ = house.new_provider("Stranger")
    fields = {"companyId": house.company_id, "letterKind": "DELETED", "language": "en"}
    assert house.call("GetMessageTemplate", house.provider, **fields)["companyId"] == house.company_id
    assert house.refused("GetMessageTemplate", stranger, **fields)["code"] == "NOT_FOUND"
