"""Who tests the tests: damage each line of each snippet, and see a test fail."""
