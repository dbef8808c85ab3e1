"""Mails as files."""

from pathlib import Path

import pytest

from provisioning.delivery.mail.files import MailFolder
from provisioning.delivery.mail.mailer import Unusable
from tests.delivery.mail.letters import LETTER, mail_of


def test_a_mail_is_a_file_for_nobody_elses_eyes(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "mail"
    MailFolder(folder).send(mail_of(), 0.0)
    (file,) = folder.iterdir()
    assert file.name == f"{LETTER.message_id}.eml"
    assert file.read_bytes() == mail_of().content
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_repeat_is_the_same_file(tmp_path: Path) -> None:
    folder = MailFolder(tmp_path)
    for text in ("first", "second"):
        folder.send(mail_of(text=text), 0.0)
        folder.close_idle()
    folder.close()
    (file,) = tmp_path.iterdir()
    assert b"second" in file.read_bytes()


def test_a_name_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    MailFolder(tmp_path / "mail").send(mail_of(message_id="../../a b@[IPv6:::1]"), 0.0)
    assert [each.name for each in (tmp_path / "mail").iterdir()] == [".._.._a_b@_IPv6___1_.eml"]


def test_what_cannot_be_written_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / f"{LETTER.message_id}.eml").mkdir()
    with pytest.raises(Unusable, match="cannot be written to: Is a directory"):
        MailFolder(tmp_path).send(mail_of(), 0.0)
    assert len(list(tmp_path.iterdir())) == 1
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match="the mail folder cannot be written to"):
        MailFolder(tmp_path / "file" / "mail").send(mail_of(), 0.0)
