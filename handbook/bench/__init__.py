"""The benchmark of the servers: what `make bench` measures, its record, and what is read from that."""
