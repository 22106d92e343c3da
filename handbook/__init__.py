"""The machinery of this site, one folder for each job: Sphinx extensions, the checks, the imitation of Heroku."""
