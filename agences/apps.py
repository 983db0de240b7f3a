from django.apps import AppConfig


class AgencesConfig(AppConfig):
    name = "agences"
    verbose_name = "Agences"

    def ready(self):
        from agences import effacement, exports, imports  # noqa: F401 - declare what comes in and goes out
        from comptes.effacement import declarer

        declarer(effacement.effacer)
