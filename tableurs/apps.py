from django.apps import AppConfig


class TableursConfig(AppConfig):
    name = "tableurs"
    verbose_name = "Tableurs"

    def ready(self):
        from comptes import mes_donnees
        from comptes.effacement import declarer
        from tableurs import effacement

        declarer(effacement.effacer)
        mes_donnees.declarer("lignes de fichiers importés", effacement.montrer)
