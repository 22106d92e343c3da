git ls-files static
