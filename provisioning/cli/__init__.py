"""The command line: one module per group of commands. It calls operations only, as the operator."""
