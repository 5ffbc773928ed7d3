"""Forms of the mail: they validate and explain, services write."""
