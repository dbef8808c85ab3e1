import subprocess
import sys

_FIRST_OF_ALL = """
from collections import namedtuple
from provisioning import catalogue
from provisioning.companies.model import Company, CompanyState
from provisioning.persistence.rows import picture_of
picture_of(Company, namedtuple("Row", "id state")("c1", CompanyState.ACTIVE)).must_be_active("companyId")
"""


def test_a_picture_may_be_the_first_use_of_its_class_in_a_process() -> None:
    """A worker whose first call was CreateUser failed at each call until another operation had made a query."""
    subprocess.run([sys.executable, "-c", _FIRST_OF_ALL], check=True)
