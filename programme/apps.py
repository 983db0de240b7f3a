from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "programme"
    verbose_name = "Programme"

    def ready(self):
        from comptes.effacement import declarer
        from programme import (  # noqa: F401 - declare what can be taken away and brought in
            effacement,
            exports,
            exports_argent,
            exports_de_projets,
            imports,
            pieces,
        )
        from tableurs import veille

        declarer(effacement.effacer)
        veille.declarer(pieces.nettoyer)
