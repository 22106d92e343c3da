heroku features:enable http-session-affinity
heroku ps:scale web=2
