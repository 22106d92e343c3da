"""Somebody who reads a page and does what it says, on a laptop of their own."""
