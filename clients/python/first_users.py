"""The two users of the manual's import sample, from creation to removal, by SOAP.

    make serve                                  # in one terminal
    .venv/bin/pip install zeep                  # once
    .venv/bin/python clients/python/first_users.py

Reads the address and the company's client from var/demo.json, which `make serve` wrote. A second run is refused
with USER_NUMBER_TAKEN: number 2206 rests after the deletion. Remove var/ to begin anew.
"""

import json
import sys
from pathlib import Path
from uuid import uuid4

from requests import Session
from zeep import Client, Settings
from zeep.exceptions import Fault
from zeep.transports import Transport

demo = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else "var/demo.json").read_text())

session = Session()
session.auth = (demo["company"]["client"], demo["company"]["secret"])
client = Client(demo["wsdl"], transport=Transport(session=session), settings=Settings(strict=True))
service = client.service

john = {
    "firstName": "John",
    "lastName": "Smith",
    "email": "john.smith@example.com",
    "language": "en",
    "mobilePhone": "+1 (650) 555 1212",
    "homePhone": "+1 (650) 555 1213",
    "businessPhone": "+1 (650) 555 1214",
    "userNumber": "2206",
    "administrator": True,
}
sylvie = {
    "firstName": "Sylvie",
    "lastName": "Tremblay",
    "email": "sylvie.tremblay@example.com",
    "language": "fr",
    "mobilePhone": "+1 (650) 555 1299",
    "homePhone": "+1 (650) 555 1298",
    "businessPhone": "+1 (650) 555 1297",
    "userNumber": "-1",  # any free one
}

# A requestId makes a repeat harmless: after a time-out, send the very same request again.
created = service.CreateUser(control={"requestId": str(uuid4())}, newUser=john)
print("created", created.user.firstName, created.user.userNumber)
john_ref = {"userId": created.user.userId}

created = service.CreateUser(control={"requestId": str(uuid4())}, newUser=sylvie)
print("created", created.user.firstName, created.user.userNumber)
sylvie_ref = {"userId": created.user.userId}

# Every refusal is one declared fault: a code for programs, a field, a sentence, all violations.
try:
    service.CreateUser(newUser=john)
except Fault as fault:
    detail = client.get_element("{urn:remote-provisioning:v1}ProvisioningFault").parse(
        fault.detail[0], client.wsdl.types
    )
    print("refused", detail.code, [violation.field for violation in detail.violation])

first, second = demo["dids"][:2]
print("DID", service.AssignDid(userRef=john_ref, number=first).did.number)
print("DID", service.ChangeDid(userRef=john_ref, toNumber=second).did.number)
print("freed", [did.number for did in service.UnassignDid(userRef=john_ref).did])

free = service.SuggestExtensions(near="206", count=2)
print("free extensions", free)
print("extension", service.AssignExtension(userRef=john_ref, extension=free[0]).extension)
print("extension", service.AssignExtension(userRef=john_ref, extension=free[1]).extension)
print("freed", service.UnassignExtension(userRef=john_ref).freed)

# What would go is shown before it goes; nothing of this is kept.
service.AssignDid(userRef=sylvie_ref, number=first)
impact = service.GetDeletionImpact(userRef=sylvie_ref)
print("Sylvie would lose", impact.deleteFromSystem.freedResources.did)
left = service.RemoveUserFromCompany(userRef=sylvie_ref)
print("left for the public service with number", left.user.userNumber)

deleted = service.DeleteUser(userRef=john_ref, control={"requestId": str(uuid4())})
print("deleted; can be restored until", deleted.user.restorableUntil)
