"""The imitation of Heroku: build, release, dyno, router, API, add-ons. What it does not do: docs/about/tested.md."""
