"""What the service is compared with, each on a bare table of SQLite."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.bare import COMPANY, make_database
from bench.service import USERS
from bench.target import Missing, Target, running, wait_for
from tests.postgres import free_port

_PROJECT = Path(__file__).resolve().parent.parent
_PHP = _PROJECT / "bench" / "php"
_WSDL = _PROJECT / "wsdl" / "provisioning-1.1.wsdl"
_NEEDED = ("soap", "pdo_sqlite", "Zend OPcache")

_NGINX = """
{user}worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.error warn;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}/body; fastcgi_temp_path {folder}/fastcgi;
    proxy_temp_path {folder}/proxy; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    client_body_buffer_size 64k; fastcgi_buffers 32 16k; keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME {php}/soap.php;
            fastcgi_param BENCH_DATABASE {folder}/bare.db;
            fastcgi_param BENCH_WSDL {wsdl};
            fastcgi_pass unix:{folder}/fpm.socket;
        }}
    }}
}}
"""
# Two children, as the others have two workers; the contract is read once by each and kept in memory.
_FPM = """
[global]
error_log = {folder}/fpm.error
[bench]
{user}listen = {folder}/fpm.socket
pm = static
pm.max_children = 2
php_admin_value[soap.wsdl_cache] = 2
php_admin_value[soap.wsdl_cache_ttl] = 86400
"""


@contextmanager
def lxml_handler(folder: Path) -> Iterator[Target]:
    """A hand-written handler under the worker that serves the service, too."""
    folder.mkdir(parents=True)
    numbers, port = make_database(folder / "bare.db", USERS), free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "bench.lxml_handler:app",
        "-k",
        "asgi",
        "-w",
        "2",
        "--preload",
    ]
    command += ["-b", f"127.0.0.1:{port}", "--keep-alive", "15", "--asgi-lifespan", "off"]
    command += ["--no-control-socket", "--chdir", str(_PROJECT)]
    environment = {**os.environ, "BENCH_DATABASE": str(folder / "bare.db")}
    with running(command, folder / "log", environment) as pid:
        yield _target("hand-written lxml handler", port, (pid,), numbers)


@contextmanager
def php_soap_server(folder: Path) -> Iterator[Target]:
    """Nginx and php-fpm with OPcache; SoapServer by the published contract, SQLite by PDO."""
    nginx, fpm = _programs()
    folder.mkdir(parents=True)
    numbers, port = make_database(folder / "bare.db", USERS), free_port()
    as_root = os.geteuid() == 0
    values = {"folder": folder, "port": port, "php": _PHP, "wsdl": _WSDL}
    (folder / "nginx.conf").write_text(_NGINX.format(user="user root root; " if as_root else "", **values))
    users = "user = root\ngroup = root\n" if as_root else ""
    (folder / "fpm.conf").write_text(_FPM.format(user=users, **values))
    serve = [fpm, "--nodaemonize", "-y", str(folder / "fpm.conf")]
    serve += ["--allow-to-run-as-root"] if as_root else []
    front = [nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.error"), "-g", "daemon off;"]
    with running(serve, folder / "fpm.log") as php, running(front, folder / "nginx.log") as web:
        yield _target("PHP SoapServer", port, (php, web), numbers)


def _programs() -> tuple[str, str]:
    """Nginx and php-fpm, or what is missing of them."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    fpms = sorted(Path("/usr/sbin").glob("php-fpm*"), reverse=True)
    nginx = shutil.which("nginx", path=path)
    fpm = str(fpms[0]) if fpms else shutil.which("php-fpm", path=path)
    if nginx is None or fpm is None:
        raise Missing(" and ".join(name for name, found in (("nginx", nginx), ("php-fpm", fpm)) if not found))
    modules = subprocess.run([fpm, "-m"], capture_output=True, text=True, check=True).stdout.split("\n")
    if absent := [each for each in _NEEDED if each not in modules]:
        raise Missing(f"PHP's extension {' and '.join(absent)}")
    return nginx, fpm


def _target(name: str, port: int, processes: tuple[int, ...], numbers: list[str]) -> Target:
    wait_for(f"http://127.0.0.1:{port}/")
    return Target(
        name=name,
        port=port,
        path="/soap",
        processes=processes,
        client="bench",
        secret="nobody asks for it",
        company_id=COMPANY,
        user_numbers=numbers,
    )
