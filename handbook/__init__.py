"""The machinery of this site, one folder for each job: Sphinx extensions, the checks, the imitation of Heroku."""

import os

# Where it is not set, as in some cron jobs, the system's own default is what programs are searched in.
os.environ.setdefault("PATH", os.defpath)
