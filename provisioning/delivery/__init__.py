"""What the database says is made true outside: phone systems first, by relays that read the outbox."""
