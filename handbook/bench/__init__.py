"""The benchmark of the servers: what `make bench` measures, its record, and the ratios that the page shows."""
