"""The two users of the manual's import sample by XML-RPC: nothing but Python's own library.

make serve                                  # in one terminal
python3 clients/python/first_users_xmlrpc.py
"""

import json
import sys
import xmlrpc.client
from pathlib import Path
from uuid import uuid4

demo = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else "var/demo.json").read_text())
account = f"{demo['company']['client']}:{demo['company']['secret']}@"
server = xmlrpc.client.ServerProxy(demo["xmlrpc"].replace("://", f"://{account}"), use_builtin_types=True)

john = {
    "firstName": "John",
    "lastName": "Smith",
    "email": "john.smith@example.org",
    "mobilePhone": "+1 (650) 555 1212",
    "administrator": True,
}
sylvie = {
    "firstName": "Sylvie",
    "lastName": "Tremblay",
    "email": "sylvie.tremblay@example.org",
    "language": "fr",
}

# One struct of named members; a requestId makes a repeat harmless.
john_ref = {
    "userId": server.CreateUser({"control": {"requestId": str(uuid4())}, "newUser": john})["user"]["userId"]
}
sylvie_ref = {"userId": server.CreateUser({"newUser": {**sylvie, "userNumber": "-1"}})["user"]["userId"]}

try:
    server.CreateUser({"newUser": john})
except xmlrpc.client.Fault as fault:
    print("refused:", fault.faultCode, fault.faultString.splitlines()[0])

first, second = demo["dids"][:2]
print("DID", server.AssignDid({"userRef": john_ref, "number": first})["did"]["number"])
print("DID", server.ChangeDid({"userRef": john_ref, "toNumber": second})["did"]["number"])
print("freed", server.UnassignDid({"userRef": john_ref})["did"][0]["number"])

extension = server.SuggestExtensions({"near": "206", "count": 1})["extension"][0]
print("extension", server.AssignExtension({"userRef": john_ref, "extension": extension})["extension"])
print("freed", server.UnassignExtension({"userRef": john_ref})["freed"])

left = server.RemoveUserFromCompany({"userRef": sylvie_ref})
print("left for the public service with number", left["user"]["userNumber"])
deleted = server.DeleteUser({"userRef": john_ref})
print("deleted; can be restored until", deleted["user"]["restorableUntil"])
