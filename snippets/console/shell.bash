heroku run bash
