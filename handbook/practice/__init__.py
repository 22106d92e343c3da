"""`make practice`: a shell in which the real Heroku CLI and the real Git talk to the imitation on this machine."""
