from django.apps import AppConfig


class AgencesConfig(AppConfig):
    name = "agences"
    verbose_name = "Agences"

    def ready(self):
        from agences import effacement, imports  # noqa: F401 - declares what can be brought in
        from comptes.effacement import declarer

        declarer(effacement.effacer)
