"""The mail's screens: two declarations, registration, reply, and what is printed."""
