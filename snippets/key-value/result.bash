curl http://localhost:5006/results/ID
