"""Tests never leave this machine: only the loopback and Unix sockets are reachable."""

import ipaddress
import sys


class ReseauInterdit(AssertionError):
    """A test tried to reach another machine."""


def est_locale(hote):
    """Tell whether a host name or address is this machine. None and "" stand for it in `getaddrinfo`."""
    if isinstance(hote, bytes):
        hote = hote.decode()
    if not hote or hote == "localhost":
        return True
    try:
        return ipaddress.ip_address(hote.partition("%")[0]).is_loopback
    except ValueError:
        return False


def surveiller(evenement, arguments):
    """Audit hook: sees every connection and name look-up made by Python, whatever the library."""
    if evenement in ("socket.getaddrinfo", "socket.gethostbyname"):
        hote = arguments[0]
    elif evenement in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        adresse = arguments[1]
        # A Unix socket's address is a path; None is `sendmsg` on a socket already connected.
        hote = adresse[0] if isinstance(adresse, tuple) else None
    else:
        return
    if not est_locale(hote):
        raise ReseauInterdit(f"Accès au réseau interdit dans les tests : {hote}")


def interdire():
    """Forbid the network to this process. An audit hook cannot be removed."""
    sys.addaudithook(surveiller)
