"""Operations of the users room, in published order."""

from provisioning.users.operations.create import create_user
from provisioning.users.operations.read import get_user

OPERATIONS = (create_user, get_user)
