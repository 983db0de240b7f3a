"""What rooms have the worker do regularly: it knows none of them."""

_routines = []


def chaque_heure(fonction):
    """Function decorator: the worker calls it about every hour. It finds by itself whether there is anything to do."""
    _routines.append(fonction)
    return fonction


def passer():
    for fonction in _routines:
        fonction()
