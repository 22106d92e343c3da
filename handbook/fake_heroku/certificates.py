"""Certificates for servers on this machine, made by OpenSSL: that of an unknown authority, and one that it signs."""

import subprocess
from pathlib import Path

from handbook.fake_heroku.process import DEFAULT_TIMEOUT

# Python 3.13 and newer verify certificates strictly, and require these extensions.
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
    """Make file.key and file.crt, signed by that key itself or, with the options in signer, by another."""
    # The machine's own configuration would add extensions, which differ from machine to machine.
    (folder / "openssl.cnf").write_text("[req]\ndistinguished_name = name\n[name]\n")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *signer]
    command += ["-config", "openssl.cnf", "-keyout", f"{file}.key", "-out", f"{file}.crt", "-subj", f"/CN={name}"]
    for extension in EXTENSIONS[file]:
        command += ["-addext", extension]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=DEFAULT_TIMEOUT)
