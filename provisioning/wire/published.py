"""The published contract: rendered from the operations, checked in under wsdl/ and schemas/, served as it is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from provisioning import CONTRACT_VERSION
from provisioning.kernel.operation import Operation
from provisioning.wire.contract_changes import Change, Weight, changes, read_contract
from provisioning.wire.soap.wsdl import VERSIONS, render_schema, render_wsdl

VERSION: Final = CONTRACT_VERSION

_ADDRESS = "http://127.0.0.1:8080"
_DEFAULT = "wsdl/provisioning.wsdl"


def published_files(operations: Iterable[Operation]) -> dict[str, bytes]:
    """The files of the contract, by their path in the project, with the address of a demo."""
    published = tuple(operations)
    return {
        _DEFAULT: wsdl_for(published, _ADDRESS),
        **{f"wsdl/provisioning-{each}.wsdl": wsdl_for(published, _ADDRESS, each) for each in VERSIONS},
        "schemas/provisioning.xsd": render_schema(published, VERSION),
    }


@cache
def wsdl_for(operations: tuple[Operation, ...], address: str, version: str | None = None) -> bytes:
    """The WSDL for callers of an address: both bindings, or that of one SOAP version, "1.1" or "1.2"."""
    return render_wsdl(operations, VERSION, address, (version,) if version else VERSIONS)


def write_published(operations: Iterable[Operation], root: Path) -> list[Path]:
    """Write the files of the contract under a folder; those that changed."""
    written = []
    for name, content in published_files(operations).items():
        path = root / name
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            written.append(path)
    return written


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the files of the contract differ from what the operations say now."""

    files: tuple[str, ...]
    changes: tuple[Change, ...]
    written: str
    needed: str

    def __str__(self) -> str:
        if not self.files:
            return f"The published contract is what the operations say, version {VERSION}."
        lines = [f"{name} differs from what the operations say." for name in self.files]
        lines += [f"{change.weight.name.lower()}: {change.text}" for change in self.changes]
        if not self.changes:
            lines.append("Only the wording changed, or the version.")
        if _numbers(VERSION) < _numbers(self.needed):
            lines.append(
                f"Raise CONTRACT_VERSION from {VERSION} to {self.needed} in provisioning/__init__.py."
            )
        lines.append("Then write the files with `provisioning contract render`.")
        return "\n".join(lines)


def compare_published(operations: Iterable[Operation], root: Path) -> Comparison:
    """Compare the files under a folder with the operations, and say which version the difference asks for."""
    rendered = published_files(operations)
    differing = tuple(name for name, content in rendered.items() if _read(root / name) != content)
    before = _read(root / _DEFAULT)
    if before is None:
        return Comparison(differing, (), VERSION, VERSION)
    old = read_contract(before)
    found = changes(old, read_contract(rendered[_DEFAULT]))
    return Comparison(differing, found, old.version, _next(old.version, found))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _next(version: str, found: tuple[Change, ...]) -> str:
    major, minor = _numbers(version)
    if not found:
        return version
    return f"{major + 1}.0" if found[0].weight is Weight.MAJOR else f"{major}.{minor + 1}"


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)
