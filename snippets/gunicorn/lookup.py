from importlib import import_module

# What app:app means to Gunicorn: import the module, take the object.
module, _colon, name = "app:app".partition(":")
found = getattr(import_module(module), name)
print(type(found).__name__, found.name)
#> Flask app
