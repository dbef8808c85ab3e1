"""Mails as files: what is done where no SMTP server is set."""

import os
import re
import tempfile
from pathlib import Path

from provisioning.delivery.mail.mailer import Mail, Unusable

_NOT_FOR_A_NAME = re.compile(r"[^A-Za-z0-9.@_-]")


class MailFolder:
    """Writes each mail into a file of its own, named after its Message-ID: a repeat is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: Mail, until: float) -> None:  # noqa: ARG002 - nobody has to answer
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(self._folder / f"{_NOT_FOR_A_NAME.sub('_', mail.message_id)}.eml", mail.content)
        except OSError as error:
            raise Unusable(f"the mail folder cannot be written to: {error.strerror}") from error

    def _write(self, path: Path, content: bytes) -> None:
        """All of it or nothing, for the eyes of the service's own account."""
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def close_idle(self) -> None:
        """Nothing is kept open."""

    def close(self) -> None:
        """Nothing is kept open."""
