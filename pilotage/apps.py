from django.apps import AppConfig


class PilotageConfig(AppConfig):
    name = "pilotage"
    verbose_name = "Pilotage"

    def ready(self):
        # What every page counts for its reader is asked before the first of them.
        from pilotage import a_faire  # noqa: F401
