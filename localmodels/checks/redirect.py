"""For the length of a check, calls to Ollama's port on this computer reach the scripted server.

Every Python HTTP client ends in `socket.connect`, so that is where the redirection sits: requests, httpx,
urllib, http.client, aiohttp, ollama and openai need no special case. Connections that were kept alive
before are closed, or a `requests.Session` would go on talking to the real server.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import ipaddress
import socket
import sys
from collections.abc import Callable, Collection, Iterator

_ways: list[tuple[set[int], Callable[[], int]]] = []  # redirections in force, outermost first


@contextlib.contextmanager
def redirected(ports: Collection[int], target: Callable[[], int]) -> Iterator[None]:
    """Send loopback connections for any of `ports` to port `target()` of 127.0.0.1.

    Process-wide while it lasts, for Python sockets; programs started as children are not reached.
    One inside another works: the inner target is reached, and kept-alive connections to the outer one are closed.
    """
    _drop_connections({*ports, *(outer_target() for outer, outer_target in _ways if outer & set(ports))})
    sock = socket.socket
    plain_connect, plain_connect_ex = sock.connect, sock.connect_ex

    def connect(self, address):
        return plain_connect(self, _aim(self, address, ports, target))

    def connect_ex(self, address):
        try:
            return plain_connect_ex(self, _aim(self, address, ports, target))
        except ConnectionRefusedError as error:
            return error.errno

    with contextlib.ExitStack() as undo:
        _ways.append((set(ports), target))
        undo.callback(_ways.pop)
        _patch(undo, sock, "connect", connect)
        _patch(undo, sock, "connect_ex", connect_ex)
        if sys.platform == "win32":
            _patch_proactor(undo, ports, target)
        try:
            yield
        finally:
            _drop_connections({target()})


def _patch(undo: contextlib.ExitStack, owner: type, name: str, value: Callable) -> None:
    """Set a class attribute, and put things back exactly as they were."""
    own = owner.__dict__.get(name)
    setattr(owner, name, value)
    undo.callback((lambda: delattr(owner, name)) if own is None else (lambda: setattr(owner, name, own)))


def _patch_proactor(undo: contextlib.ExitStack, ports, target) -> None:
    """Windows' asyncio connects without `socket.connect`."""
    from asyncio.windows_events import IocpProactor

    plain = IocpProactor.connect
    _patch(undo, IocpProactor, "connect", lambda self, conn, address: plain(self, conn, _aim(conn, address, ports, target)))


def _aim(sock: socket.socket, address, ports: Collection[int], target: Callable[[], int]):
    """The address to connect to instead; refuses IPv6, so that clients go on to their IPv4 address."""
    if sock.family not in (socket.AF_INET, socket.AF_INET6) or not isinstance(address, tuple):
        return address
    if address[1] not in ports or not _is_loopback(address[0]):
        return address
    if sock.family == socket.AF_INET6:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    return ("127.0.0.1", target())


def _is_loopback(host: str) -> bool:
    if host in ("localhost", "0.0.0.0", ""):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def _drop_connections(ports: Collection[int]) -> None:
    """Shut down this process's open client connections to any of these loopback ports."""
    for thing in gc.get_objects():
        if not issubclass(type(thing), socket.socket) or thing.fileno() < 0:
            continue
        with contextlib.suppress(OSError):
            peer = thing.getpeername()
            if isinstance(peer, tuple) and peer[1] in ports and _is_loopback(peer[0]):
                thing.shutdown(socket.SHUT_RDWR)
