"""XML-RPC: the same operations, names and fields as SOAP, one struct of named members in and one out."""
