"""SOAP 1.1 and 1.2. The contract goes through spyne; the run time reads and writes by itself."""
