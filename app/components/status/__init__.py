"""What the page Status tells of this installation."""
