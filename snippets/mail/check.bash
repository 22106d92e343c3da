heroku run flask send-test you@example.com
