"""What every room may lean on. Knows no room, no front end and no outside system."""
