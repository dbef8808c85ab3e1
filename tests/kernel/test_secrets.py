import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.kernel.secrets import KeyRing, KeyRingError

OLD, NEW = KeyRing.new_key("old"), KeyRing.new_key("new")
RING = KeyRing.parse(OLD)


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"), max_size=20))
def test_what_was_sealed_for_an_owner_opens_for_it_alone(secret: str, owner: str) -> None:
    sealed = RING.seal(secret, owner)
    assert RING.open(sealed, owner) == secret
    with pytest.raises(KeyRingError):
        RING.open(sealed, owner + "x")


def test_a_secret_is_sealed_otherwise_each_time() -> None:
    assert RING.seal("secret", "row") != RING.seal("secret", "row")


@given(st.integers(0, 1000), st.integers(1, 255))
def test_a_sealed_secret_that_was_touched_does_not_open(place: int, change: int) -> None:
    name, _, body = RING.seal("secret", "row").partition(".")
    octets = bytearray(base64.b64decode(body))
    octets[place % len(octets)] ^= change
    with pytest.raises(KeyRingError):
        RING.open(f"{name}.{base64.b64encode(octets).decode()}", "row")
    with pytest.raises(KeyRingError):
        RING.open(f"other.{body}", "row")
    with pytest.raises(KeyRingError):
        RING.open(f"{name}.{body[: place % len(body)]}", "row")


@given(st.text(max_size=30))
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    for damaged in (text, f"old.{text}"):
        with pytest.raises(KeyRingError):
            RING.open(damaged, "row")


def test_after_a_rotation_old_secrets_open_and_new_ones_are_under_the_new_key() -> None:
    sealed, digest = RING.seal("secret", "row"), RING.digest("question")
    both = KeyRing.parse(f"{NEW}\n{OLD}\n")
    assert both.open(sealed, "row") == "secret"
    assert both.needs_sealing_again(sealed)
    assert both.same_digest("question", digest)
    again = both.seal("secret", "row")
    assert not both.needs_sealing_again(again)
    only = KeyRing.parse(NEW)
    assert only.open(again, "row") == "secret"
    with pytest.raises(KeyRingError):
        only.open(sealed, "row")
    assert not only.same_digest("question", digest)


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_a_digest_is_its_texts_alone(one: str, other: str) -> None:
    assert RING.same_digest(one, RING.digest(one))
    assert RING.same_digest(other, RING.digest(one)) == (one == other)


def test_a_digest_needs_the_key() -> None:
    other = KeyRing.parse(KeyRing.new_key("old"))
    assert RING.digest("1234") != other.digest("1234")
    assert not other.same_digest("1234", RING.digest("1234"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "no-colon",
        "name:",
        "name:not base64!",
        "name:" + base64.b64encode(b"short").decode(),
        ":" + base64.b64encode(bytes(32)).decode(),
        "dotted.name:" + base64.b64encode(bytes(32)).decode(),
    ],
)
def test_what_is_no_key_ring(text: str) -> None:
    with pytest.raises(KeyRingError):
        KeyRing.parse(text)


def test_an_error_tells_no_key() -> None:
    value = NEW.partition(":")[2]
    with pytest.raises(KeyRingError) as caught:
        KeyRing.parse(f"name:{value}!")
    assert value not in str(caught.value)
