from django.apps import AppConfig


class TableursConfig(AppConfig):
    name = "tableurs"
    verbose_name = "Tableurs"
