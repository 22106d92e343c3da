"""The tests: one module for each page (pages/), the built site in a browser (site/), the machinery (handbook/)."""
