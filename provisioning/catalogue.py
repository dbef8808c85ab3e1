"""Every room's operations and reactions, in published order: the table of contents."""

from provisioning import companies
from provisioning.kernel.operation import Operation
from provisioning.kernel.unit_of_work import Reactions

PUBLISHED: tuple[Operation, ...] = (*companies.OPERATIONS,)

# For the command line alone; in no WSDL.
OPERATOR: tuple[Operation, ...] = (*companies.OPERATOR_OPERATIONS,)

REACTIONS: Reactions = {}

LOST_RACES = {**companies.LOST_RACES}
