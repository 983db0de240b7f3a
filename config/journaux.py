"""Journals of the server, all on its standard error: texts, and one JSON object a line for access."""


def journaux(niveau):
    """Return Django's LOGGING. `niveau`: of everything that says no other."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "hors_mise_au_point": {"()": "django.utils.log.RequireDebugFalse"},
            # A load balancer asks every few seconds: the failure it sees is one failure, not one mail each time.
            "hors_sante": {
                "()": "django.utils.log.CallbackFilter",
                "callback": lambda trace: getattr(getattr(trace, "request", None), "path", "") != "/sante/",
            },
        },
        "formatters": {"json": {"()": "comptes.journal.EnJSON"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler"},
            "acces": {"class": "logging.StreamHandler", "formatter": "json"},
            "courriel": {
                "class": "django.utils.log.AdminEmailHandler",
                "level": "ERROR",
                "filters": ["hors_mise_au_point", "hors_sante"],
            },
        },
        "loggers": {
            **{
                nom: {"handlers": ["courriel"], "level": "INFO"}
                for nom in ("django", "comptes", "tableurs", "territoires")
            },
            "comptes.acces": {"handlers": ["acces"], "level": "INFO", "propagate": False},
            # The server and the worker of `make run` both watch the code: each line would come twice.
            "django.utils.autoreload": {"level": "WARNING"},
        },
        "root": {"handlers": ["console"], "level": niveau},
    }
