curl --data text=Remember http://127.0.0.1:5006/notes
curl http://127.0.0.1:5006/notes
