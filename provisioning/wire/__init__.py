"""Front ends. Each turns a message into a call of the dispatcher and its reply into a message."""
