"""The check of a guide to Redis on the laptop: the app under `heroku local`, beside a Redis without TLS."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from handbook.fake_heroku.dyno import copy_app
from handbook.fake_heroku.packages import make_lock_environment
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import Process
from handbook.reader.laptop import Laptop, read_script


@contextmanager
def start_locally(laptop: Laptop, slug: str, ready: str) -> Iterator[tuple[Process, Callable[..., dict]]]:
    """Start the app as start.bash of its guide does, and yield its process when its log shows `ready`.

    With it comes ask("result.console", "an id"): the answer to the command of a block, with the id in place of ID.
    """
    copy_app(slug, laptop.folder)
    (laptop.folder / ".venv").symlink_to(make_lock_environment(laptop.folder / "requirements.txt"))
    port, redis_port = str(free_port()), str(free_port())
    assert (laptop.folder / ".env").read_text() == "REDIS_URL=redis://localhost\n"
    (laptop.folder / ".env").write_text(f"REDIS_URL=redis://localhost:{redis_port}\n")
    command = ["redis-server", "--bind", "127.0.0.1", "--port", redis_port, "--save", ""]
    server = Process(command, laptop.folder, {"PATH": os.environ["PATH"]}, laptop.folder / "redis.txt")

    def ask(block: str, identifier: str = "") -> dict:
        text = read_script(f"{slug}/{block}").replace("5006", port).replace("/ID", f"/{identifier}")
        shell = ["bash", "-ec", text]
        return json.loads(subprocess.run(shell, env=laptop.env, check=True, capture_output=True, text=True).stdout)

    with server, laptop.start_snippet(f"{slug}/start.bash", "heroku local", f"heroku local --port {port}") as local:
        assert local.wait_for_port(int(port)), local.log
        assert local.wait_for_log(ready), local.log
        yield local, ask
