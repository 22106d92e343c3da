"""One module for each page, which tests every claim that the page makes."""
