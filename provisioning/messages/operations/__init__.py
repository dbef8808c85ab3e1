"""Operations of the messages room, in published order."""

from provisioning.messages.operations.pin_page import choose_pin, open_pin_link
from provisioning.messages.operations.read import list_deliveries, preview_message
from provisioning.messages.operations.send import send_access_codes, send_message, send_reminder
from provisioning.messages.operations.templates import get_message_template, set_message_template

OPERATIONS = (
    send_access_codes,
    send_message,
    send_reminder,
    preview_message,
    list_deliveries,
    get_message_template,
    set_message_template,
)
# For the page that a link leads to; in no WSDL.
PAGE_OPERATIONS = (open_pin_link, choose_pin)
