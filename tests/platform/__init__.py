"""A small local stand-in for Heroku's side: build, dyno, router. What it does not do: docs/about/tested.md."""
