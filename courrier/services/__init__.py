"""Writes of the mail: each is atomic, locked, journaled, and takes `by=`."""
