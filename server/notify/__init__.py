"""Telling people: the job that writes notices, and the senders that take them where they are read."""
