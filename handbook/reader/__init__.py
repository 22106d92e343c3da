"""A simulated reader, who follows a page on a laptop of their own."""
