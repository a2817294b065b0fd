"""Trains the tables that the profile `photo` ships, from photos, with one command."""
