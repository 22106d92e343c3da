from wsgiref.util import setup_testing_defaults

from app import app

# A server makes a dictionary of each request, and calls the app with it.
request = {}
setup_testing_defaults(request)
body = app(request, lambda status, headers: print(status))
#> 200 OK
print(b"".join(body))
#> b'Hello'
