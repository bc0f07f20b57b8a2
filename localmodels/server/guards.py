"""Who may call: the Origin of web pages and the Host header (against DNS rebinding)."""

import ipaddress
import os
import socket
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from .exchange import METHODS

LOCAL_NAMES = ("localhost", "127.0.0.1", "0.0.0.0")
LOCAL_SCHEMES = ("app", "file", "tauri", "vscode-webview", "vscode-file")
LOCAL_ENDINGS = (".localhost", ".local", ".internal")
HEADERS = "Authorization,Content-Type,User-Agent,Accept,X-Requested-With"
TWELVE_HOURS = "43200"


def allow(exchange):
    """True when the request may go on; otherwise it has been answered (403, or 204 to a preflight)."""
    return _origin(exchange) and _host(exchange)


def _origin(exchange):
    request = exchange.request
    origin = request.headers.get("Origin", "")
    if not origin or origin in (f"http://{request.host}", f"https://{request.host}"):
        return True
    if not origin_allowed(origin):
        return _refuse(exchange, 403)
    exchange.set_header("Access-Control-Allow-Origin", origin)
    exchange.set_header("Vary", "Origin")
    if request.method != "OPTIONS":
        return True
    exchange.set_header("Access-Control-Allow-Methods", ",".join(METHODS))
    exchange.set_header("Access-Control-Allow-Headers", HEADERS)
    exchange.set_header("Access-Control-Max-Age", TWELVE_HOURS)
    return _refuse(exchange, 204)


def origin_allowed(origin):
    """Pages of this machine and of desktop apps, plus what OLLAMA_ORIGINS lists."""
    extra = [one.strip() for one in os.environ.get("OLLAMA_ORIGINS", "").split(",") if one.strip()]
    if any(fnmatchcase(origin, pattern) for pattern in extra):
        return True
    parts = urlsplit(origin)
    local = parts.scheme in ("http", "https") and parts.hostname in LOCAL_NAMES
    return local or parts.scheme in LOCAL_SCHEMES


def _host(exchange):
    if host_allowed(exchange.request.host):
        return True
    return _refuse(exchange, 403)


def host_allowed(header):
    """localhost, this machine, local names, and addresses of a private network."""
    host = urlsplit(f"//{header}").hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host in ("", "localhost", socket.gethostname().lower()) or host.endswith(LOCAL_ENDINGS)
    return address.is_loopback or address.is_private or address.is_unspecified


def _refuse(exchange, status):
    exchange.set_status(status)
    exchange.clear_header("Content-Type")
    exchange.finish()
    return False
