"""What stands between a web address and its content; none of it knows about articles."""
