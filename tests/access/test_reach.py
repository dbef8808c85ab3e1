from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.access.reach import (
    Network,
    Reach,
    ReachesFurther,
    is_inside,
    neighbourhood,
    networks_of,
    read_network,
    rights_of,
    words_of,
)
from provisioning.kernel.caller import ALL_RIGHTS, Right, with_implied
from provisioning.kernel.lexical import Invalid

networks = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.integers(0, 32)), st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
).map(lambda pair: ip_network(pair, strict=False))
ends = st.none() | st.integers(1, 100).map(
    lambda days: datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=days)
)
reaches = st.builds(
    Reach,
    st.frozensets(st.sampled_from(sorted(Right))),
    st.lists(networks, max_size=3).map(tuple),
    ends,
)


def covers(one: Reach, other: Reach) -> bool:
    try:
        one.must_cover(other, "field")
    except ReachesFurther:
        return False
    return True


@given(reaches)
def test_everything_covers_anything_and_each_itself(reach: Reach) -> None:
    assert covers(Reach(ALL_RIGHTS), reach)
    assert covers(reach, reach)


@given(reaches, reaches, st.ip_addresses())
def test_what_is_covered_can_do_nothing_more(one: Reach, other: Reach, address: object) -> None:
    if not covers(one, other):
        return
    assert with_implied(other.rights) <= with_implied(one.rights)
    assert is_inside(str(address), one.networks) or not is_inside(str(address), other.networks)
    assert one.expires_at is None or (other.expires_at is not None and other.expires_at <= one.expires_at)


@given(reaches)
def test_no_network_reaches_further_than_any(reach: Reach) -> None:
    everywhere = Reach(frozenset(), (), reach.expires_at)
    assert covers(reach, everywhere) == (
        not reach.networks or set(networks_of("0.0.0.0/0 ::/0")) <= set(reach.networks)
    )


def test_a_refusal_names_what_is_too_much() -> None:
    own = Reach(frozenset({Right.USERS_READ}), networks_of("192.0.2.0/24"), datetime(2031, 1, 1, tzinfo=UTC))
    with pytest.raises(ReachesFurther) as caught:
        own.must_cover(Reach(frozenset({Right.USERS_WRITE})), "newClient")
    assert caught.value.code == "NOT_PERMITTED"
    assert caught.value.values["what"] == "USERS_WRITE, network, expiresAt"


@given(networks)
def test_a_network_is_kept_as_it_is_written(network: Network) -> None:
    assert networks_of(words_of([read_network(f" {network} ")])) == (network,)


@pytest.mark.parametrize("text", ["", "anywhere", "192.0.2.1/24", "192.0.2.0/33", "300.0.0.1", "::/129"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_network(text)


@given(st.frozensets(st.sampled_from(sorted(Right))))
def test_rights_are_kept_as_words(rights: frozenset[Right]) -> None:
    assert rights_of(words_of(rights)) == rights


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_place_is_an_address_or_a_network_of_one_house(source: str, place: str) -> None:
    assert neighbourhood(source) == place


def test_an_unknown_address_is_inside_no_network() -> None:
    assert is_inside("", ())
    assert not is_inside("", networks_of("0.0.0.0/0 ::/0"))
    assert is_inside(str(ip_address("192.0.2.1")), networks_of("0.0.0.0/0"))
