"""The machinery of this site, one folder for each job: what Sphinx is taught, the checks, the imitation of Heroku."""
