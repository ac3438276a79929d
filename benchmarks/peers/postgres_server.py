"""A PostgreSQL server for the time of a measurement: on loopback, in a cluster of its own, stopped and gone afterwards.

Where the machine has none and Debian's packages are at hand, they are installed.

    python -m benchmarks.peers.postgres_server        say where it is, installing it if need be
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import SupervisionError

USER = "postgres"
_DEBIAN = Path("/usr/lib/postgresql")
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "2GB",
    "work_mem": "512MB",
    "maintenance_work_mem": "1GB",
    "effective_cache_size": "8GB",
    "max_wal_size": "16GB",
    "temp_buffers": "512MB",
    "jit": "off",
    # Nothing here must outlive the measurement: loading is given the fastest settings there are.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


class PostgresMissing(SupervisionError):
    """The server is not installed, and cannot be installed here."""

    code = "postgresql-missing"
    zh = "没有安装 PostgreSQL，且只有 root 能安装"
    en = "PostgreSQL is not installed, and only root can install it"
    way_out_zh = "apt-get install postgresql"
    way_out_en = "apt-get install postgresql"


def programs() -> Path | None:
    """The folder of the server's programs, if they are installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def install() -> Path:
    """The folder of the server's programs, installed from Debian's packages if they are missing."""
    if (found := programs()) is not None:
        return found
    if os.geteuid() or not shutil.which("apt-get"):
        raise PostgresMissing()
    if not _NO_CLUSTER.exists():
        _NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        _NO_CLUSTER.write_text("create_main_cluster = false\n", "ascii")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], check=True, env=environment)
    subprocess.run(["apt-get", "-qq", "install", "-y", "postgresql"], check=True, env=environment)
    found = programs()
    if found is None:
        raise PostgresMissing()
    return found


@contextmanager
def server(binaries: Path) -> Iterator[str]:
    """A running server; gives the text that connects to it."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    user = None if os.geteuid() else USER
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program: str, *arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGDATA": str(folder / "data")}
        command = [str(binaries / program), *arguments]
        # The server must die with nothing left behind, not hold our output open.
        with (folder / "output").open("ab") as output:
            subprocess.run(command, check=True, user=user, cwd=folder, env=environment, stdout=output, stderr=output)

    try:
        run("initdb", "--auth=trust", "--username=bench", "--encoding=UTF8", "--no-sync")
        port = _free_port()
        settings = {**_SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        run("pg_ctl", "start", "--wait", "--silent", f"--log={folder / 'log'}", f"--options={options}")
        try:
            yield f"host=127.0.0.1 port={port} user=bench dbname=postgres"
        finally:
            run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    print(install())
