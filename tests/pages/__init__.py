"""One module for each page: every claim that it makes, proved."""
