from django.apps import AppConfig


class AgencesConfig(AppConfig):
    name = "agences"
    verbose_name = "Agences"

    def ready(self):
        from agences import effacement
        from comptes.effacement import declarer

        declarer(effacement.effacer)
