"""Certificates for servers on this machine, made by OpenSSL: of an authority that nobody knows, and signed by it."""

import subprocess
from pathlib import Path

from handbook.fake_heroku.process import PATIENCE

# As strict as Python 3.13 and newer are.
EXTENSIONS = {
    "authority": ["basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign", "subjectKeyIdentifier=hash"],
    "server": ["basicConstraints=critical,CA:false", "subjectAltName=DNS:localhost", "authorityKeyIdentifier=keyid"],
}


def write_certificates(folder: Path) -> None:
    """Write authority.crt, and a server's server.key, server.crt and chain.crt, for `localhost`, into a folder."""
    make_certificate(folder, "authority", "An authority that nobody knows")
    make_certificate(folder, "server", "localhost", "-CA", "authority.crt", "-CAkey", "authority.key")
    chain = [(folder / f"{name}.crt").read_text() for name in ("server", "authority")]
    (folder / "chain.crt").write_text("".join(chain))


def make_certificate(folder: Path, file: str, name: str, *signer: str) -> None:
    """Make file.key and file.crt, signed by the key itself or by the signer's."""
    # A configuration of our own: what the machine's adds is not the same everywhere.
    (folder / "openssl.cnf").write_text("[req]\ndistinguished_name = name\n[name]\n")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *signer]
    command += ["-config", "openssl.cnf", "-keyout", f"{file}.key", "-out", f"{file}.crt", "-subj", f"/CN={name}"]
    for extension in EXTENSIONS[file]:
        command += ["-addext", extension]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=PATIENCE)
