"""E-mail to users: letters become mails, which an SMTP server takes, or a folder where there is none."""

from provisioning.delivery.mail.channel import MailChannel

__all__ = ["MailChannel"]
