heroku pg:push notes DATABASE_URL
