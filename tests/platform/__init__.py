"""A small local stand-in for Heroku's side: build, dyno, router. It is not Heroku; docs/about/tested.md says what it does."""
