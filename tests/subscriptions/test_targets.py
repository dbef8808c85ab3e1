"""Where webhooks may go: the forms of a URL, and every kind of address that is nobody's public server."""

from ipaddress import ip_address
from threading import Event

import pytest

from provisioning.kernel.errors import InvalidRequest
from provisioning.settings import Settings
from provisioning.subscriptions import NotAllowed, allowed_addresses, read_target
from provisioning.subscriptions.targets import is_public, look_at

STRICT = Settings()

FORBIDDEN = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1",
    "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:2::1",
    "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1",
    "2001:470:1:2:0:5efe:10.0.0.1", "2001:470:1:2:200:5efe:a00:1", "3fff::1", "4000::1", "5f00::1", "fc00::1",
    "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "192.0.1.1", "203.0.114.5", "223.255.255.254", "2001:470::1", "2606:4700::1111", "2a00:1450::5", "::ffff:8.8.8.8",
    "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(NotAllowed, match="ADDRESS_NOT_ALLOWED"):
        allowed_addresses(read_target("https://hooks.example.com/"), STRICT, lambda _: [address])
    with pytest.raises(InvalidRequest) as refused:
        look_at(f"https://{host}/", "url", STRICT, 30)
    (violation,) = refused.value.violations
    assert (violation.field, violation.code) == ("url", "ADDRESS_NOT_ALLOWED")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(address: str) -> None:
    found = allowed_addresses(read_target("https://hooks.example.com/"), STRICT, lambda _: [address])
    assert found == [str(ip_address(address))]


def test_one_bad_address_among_good_ones_spoils_the_name() -> None:
    target = read_target("https://hooks.example.com/")
    with pytest.raises(NotAllowed) as refused:
        allowed_addresses(target, STRICT, lambda _: ["8.8.8.8", "2606:4700::1111", "192.168.1.1"])
    assert refused.value.address == "192.168.1.1"


@pytest.mark.parametrize("name", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "localhost"])
def test_other_ways_to_write_this_machine_are_seen_through(name: str) -> None:
    with pytest.raises(InvalidRequest, match="INVALID_REQUEST"):
        look_at(f"https://{name}/", "url", STRICT, 30)


def test_a_scope_is_no_way_around() -> None:
    with pytest.raises(NotAllowed):
        allowed_addresses(read_target("https://hooks.example.com/"), STRICT, lambda _: ["fe80::1%eth0"])


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        ("10.20.1.2", ("10.20.0.0/16",), True),
        ("10.21.1.2", ("10.20.0.0/16",), False),
        ("::ffff:10.20.1.2", ("10.20.0.0/16",), True),
        ("fd00::5", ("10.0.0.0/8", "fd00::/8"), True),
        ("127.0.0.1", ("10.0.0.0/8",), False),
    ],
)
def test_the_operator_may_allow_networks(address: str, networks: tuple[str, ...], allowed: bool) -> None:
    settings = Settings(webhook_networks=networks)
    target = read_target("https://hooks.example.com/")
    if allowed:
        assert allowed_addresses(target, settings, lambda _: [address])
    else:
        with pytest.raises(NotAllowed):
            allowed_addresses(target, settings, lambda _: [address])


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/", "hooks.example.com"),
        ("https://hooks.example.com?a=b", "hooks.example.com", 443, "/?a=b", "hooks.example.com"),
        ("https://h.example:8443/a/b?c=d%20e", "h.example", 8443, "/a/b?c=d%20e", "h.example:8443"),
        ("https://h.example:443/", "h.example", 443, "/", "h.example"),
        ("http://h.example/", "h.example", 80, "/", "h.example"),
        ("https://[2606:4700::1111]:444/x", "2606:4700::1111", 444, "/x", "[2606:4700::1111]:444"),
    ],
)
def test_the_parts_of_a_url(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = read_target(url)
    assert (target.host, target.port, target.path, target.authority) == (host, port, path, authority)


@pytest.mark.parametrize(
    "url",
    [
        "https://", "https:///x", "https://user@h.example/", "https://user:pass@h.example/", "https://h.example/#x",
        "https://h.example\\@10.0.0.1/", "https://h.example/\\x", "https://h.example:0/", "https://h.example:65536/",
        "https://h.example:x/", "https://h example/", "https://h.example/a b", "https://h.example/\r\nX: y",
        "https://h.example/\tx", "https://[::1%25eth0]/", "https://[::1/", "https://-h.example/", "https://①②⑦.①/",
        "https://h.exämple/", "//h.example/", "h.example", "file:///etc/passwd", "gopher://h.example/",
        "HTTPS://h.example/",
    ],
)  # fmt: skip
def test_a_url_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed, match="BAD_URL"):
        read_target(url)


def test_a_resolver_that_takes_its_time_holds_nobody_up() -> None:
    answered = Event()

    def slow(_: str) -> list[str]:
        answered.wait()
        return ["10.0.0.1"]

    look_at("https://hooks.example.com/", "url", STRICT, 0.05, slow)  # the delivery will see
    answered.set()
    with pytest.raises(InvalidRequest):
        look_at("https://hooks.example.com/", "url", STRICT, 30, slow)


def test_a_name_with_impossible_labels_is_nobodys() -> None:
    look_at(f"https://{'x' * 70}.example/", "url", STRICT, 30)
