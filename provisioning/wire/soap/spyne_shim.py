"""The one place where spyne is imported: its last release, 2.14, predates Python 3.12.

Its copy of six finds modules by an import hook that Python no longer calls, and it wants the module cgi, which is
gone since 3.13. Both are given to it here. Other modules of this package take spyne's names from this one.
"""

import collections.abc
import logging
import sys
import types
import warnings

sys.modules["spyne.util.six.moves.collections_abc"] = collections.abc

# Spyne reads HTTP headers with cgi. Here nobody does: the transport has read them before. An empty module is enough,
# and it is taken away again so that nobody else finds it.
_real_cgi = sys.modules.get("cgi")
sys.modules["cgi"] = types.ModuleType("cgi")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # escapes that newer Pythons warn of when they compile spyne
    from spyne import (
        Application,
        Boolean,
        ByteArray,
        ComplexModel,
        Date,
        DateTime,
        Decimal,
        Enum,
        Fault,
        Integer32,
        Integer64,
        MethodContext,
        ServerBase,
        Service,
        Unicode,
        rpc,
    )
    from spyne.interface.wsdl import Wsdl11
    from spyne.protocol.soap import Soap11, Soap12
    from spyne.protocol.xml import SchemaValidationError

del sys.modules["cgi"]
if _real_cgi is not None:
    sys.modules["cgi"] = _real_cgi

# The hook is dead; left in place it makes Python 3.11 warn at every import of a module that is not there.
sys.meta_path[:] = [each for each in sys.meta_path if type(each).__module__ != "spyne.util.six"]

# Spyne logs refused documents whole, passwords included. Its errors come back as exceptions and are logged by us.
logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)
for _logger in ("spyne.protocol.xml.invalid", "spyne.protocol.soap.soap11.invalid"):
    logging.getLogger(_logger).setLevel(logging.CRITICAL + 1)

__all__ = [
    "Application",
    "Boolean",
    "ByteArray",
    "ComplexModel",
    "Date",
    "DateTime",
    "Decimal",
    "Enum",
    "Fault",
    "Integer32",
    "Integer64",
    "MethodContext",
    "SchemaValidationError",
    "ServerBase",
    "Service",
    "Soap11",
    "Soap12",
    "Unicode",
    "Wsdl11",
    "rpc",
]
