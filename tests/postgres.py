"""A PostgreSQL server of the tests' own, on a loopback port, started when the first test asks for it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

USER = "tester"


def find_binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl``, or None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    candidates = [*([Path(on_path).resolve()] if on_path else []), *reversed(found)]
    return candidates[0].parent if candidates else None


def _somebody() -> str | None:
    """Return another user to run the server as, which root may not."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody")


class Server:
    """A server with its data in a temporary folder.

    Parameters
    ----------
    binaries : Path
        Where PostgreSQL's programs are.
    settings : str
        Further lines of its configuration.
    """

    def __init__(self, binaries: Path, settings: str = "fsync = off") -> None:
        self._binaries = binaries
        self._user = _somebody()
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))
        if self._user:
            shutil.chown(self._folder, self._user)
        self._count = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        # Passwords are asked for nowhere: only this machine can connect, and the data are made up.
        self._call("initdb", "-D", str(self._data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        configuration = self._data / "postgresql.conf"
        own = f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = '{self._folder}'\n"
        configuration.write_text(configuration.read_text() + own + "max_connections = 200\n" + settings + "\n")
        self.start()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        done = subprocess.run(command, user=self._user, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")

    def _control(self, action: str, *arguments: str) -> None:
        log = str(self._folder / "log")
        # Its output goes to the log: a pipe would stay open as long as the server runs.
        self._call("pg_ctl", "-D", str(self._data), "-w", "-s", "-l", log, *arguments, action)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._control("start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``fast`` ends connections, ``immediate`` is a crash that it recovers from."""
        self._control("stop", "-m", mode)

    def restart(self, mode: str = "fast") -> None:
        """Stop it and start it again."""
        self._control("restart", "-m", mode)

    def address(self, database: str = "postgres") -> str:
        """Return the address of a database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Create a database of its own and return its address."""
        import psycopg

        self._count += 1
        name = f"t{self._count}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return self.address(name)

    def remove(self) -> None:
        """Stop it, and remove what it wrote."""
        self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)
