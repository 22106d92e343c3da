"""A real RabbitMQ broker on loopback. As CloudAMQP does, it gives each app a virtual host of its own, whose name
is also the user's. It does not speak TLS.
"""

import os
from typing import Any
from uuid import uuid4

import requests

from handbook.fake_heroku.addons import find_program
from handbook.fake_heroku.ports import free_port
from handbook.fake_heroku.process import DEFAULT_TIMEOUT
from handbook.fake_heroku.server import Server


class Service(Server):
    """A broker with a data folder of its own, alive inside a `with` block. Made by the fixture `service`."""

    ready = "Server startup complete"

    def prepare(self) -> None:
        self.management = free_port()
        (self.folder / "plugins").write_text("[rabbitmq_management].")
        settings = f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {self.management}\n"
        (self.folder / "rabbitmq.conf").write_text(settings)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(free_port()),
            "RABBITMQ_NODENAME": f"rabbit-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": f"{self.folder}/data",
            "RABBITMQ_LOG_BASE": f"{self.folder}/log",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": f"{self.folder}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{self.folder}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{self.folder}/rabbitmq.conf",
        }
        # An epmd that this script starts ends with the broker; one that the broker starts would outlive it.
        script = f"epmd & until epmd -names >/dev/null; do sleep 0.05; done; exec '{find_program('rabbitmq-server')}'"
        self.argv = ["bash", "-c", script]

    def provision(self) -> dict[str, str]:
        """Return the config var of a new, empty virtual host."""
        name, password = f"v{uuid4().hex[:7]}", uuid4().hex
        self.call_api("PUT", f"users/{name}", {"password": password, "tags": ""})
        self.call_api("PUT", f"vhosts/{name}")
        for user in (name, "guest"):
            everything = {"configure": ".*", "write": ".*", "read": ".*"}
            self.call_api("PUT", f"permissions/{name}/{user}", everything)
        return {"CLOUDAMQP_URL": f"amqp://{name}:{password}@127.0.0.1:{self.port}/{name}"}

    def call_api(self, method: str, path: str, body: dict | None = None) -> Any:
        """Call the broker's management API over HTTP, and return its response, parsed; None for an empty one."""
        url = f"http://127.0.0.1:{self.management}/api/{path}"
        answer = requests.request(method, url, json=body or {}, auth=("guest", "guest"), timeout=DEFAULT_TIMEOUT)
        answer.raise_for_status()
        return answer.json() if answer.content else None
