curl --data "text=Buy milk" http://www.example.com/notes
curl http://www.example.com/notes
