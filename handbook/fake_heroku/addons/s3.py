"""An object store on loopback with the API of Amazon S3: the server of moto. Each app has a private bucket.

It refuses an unsigned request for a file. It does not verify signatures, and enforces neither the time limit of a URL
nor the policy of a form: the tests check what the app signs.
"""

import os
import sys
from typing import Any
from uuid import uuid4

import boto3

from handbook.fake_heroku.server import Server

REGION = "eu-west-1"


class Service(Server):
    """A server that keeps all buckets in its memory, alive inside a `with` block. Made by the fixture `service`."""

    ready = "Running on"

    def prepare(self) -> None:
        self.url = f"http://127.0.0.1:{self.port}"
        self.argv = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(self.port)]
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder)}

    def provision(self) -> dict[str, str]:
        """Return the config vars for a new, empty bucket: those that boto3 reads, and S3_BUCKET."""
        config = {
            "AWS_ACCESS_KEY_ID": uuid4().hex,
            "AWS_SECRET_ACCESS_KEY": uuid4().hex,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_S3": self.url,
            "S3_BUCKET": f"bucket-{uuid4().hex[:12]}",
        }
        where: Any = {"LocationConstraint": REGION}
        make_client(config).create_bucket(Bucket=config["S3_BUCKET"], CreateBucketConfiguration=where)
        return config


def make_client(config: dict[str, str]) -> Any:
    """Return a boto3 client for the store of these config vars."""
    return boto3.client(
        "s3",
        aws_access_key_id=config["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=config["AWS_SECRET_ACCESS_KEY"],
        region_name=config["AWS_DEFAULT_REGION"],
        endpoint_url=config["AWS_ENDPOINT_URL_S3"],
    )
