"""Ask for known vulnerabilities of locked packages, and say what could not be asked.

pip-audit passes over packages that its source does not answer for; nothing found is then no good news.
"""

import json
import subprocess
import sys
from pathlib import Path


def main(locks: list[str]) -> int:
    """Fails on a known vulnerability; an unreachable source is said aloud and fails nothing."""
    arguments = [part for lock in locks for part in ("--requirement", lock)]
    audit = Path(sys.executable).with_name("pip-audit")
    ran = subprocess.run(  # noqa: S603 - a program of the same environment
        [audit, "--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(ran.stdout)["dependencies"]
    except ValueError:
        return _say(
            f"NOT AUDITED: no answer from the source of vulnerabilities. {ran.stderr.strip()[-300:]}", 0
        )
    unasked = [each["name"] for each in packages if "skip_reason" in each]
    found = [f"{each['name']} {flaw['id']}" for each in packages for flaw in each.get("vulns", ())]
    if unasked:
        _say(f"NOT AUDITED: the source does not answer for {len(unasked)} of {len(packages)} packages.")
    if found:
        return _say(f"Known vulnerabilities: {', '.join(found)}", 1)
    if len(unasked) < len(packages):
        _say(f"No known vulnerability in the {len(packages) - len(unasked)} packages asked for.")
    return 0


def _say(text: str, status: int = 0) -> int:
    print(text)  # noqa: T201 - it is what this program is for
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
