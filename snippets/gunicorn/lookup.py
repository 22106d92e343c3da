from importlib import import_module

# What Gunicorn does with "app:app": import the module, take the object.
module, name = "app:app".split(":")
found = getattr(import_module(module), name)
print(type(found).__name__, found.name)
# > Flask app
