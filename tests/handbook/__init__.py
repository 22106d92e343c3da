"""The tests of the machinery itself."""
