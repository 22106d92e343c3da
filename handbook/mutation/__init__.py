"""Mutation testing: damage each line of each snippet and the imitation of Heroku, and expect a test to fail."""
