from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "programme"
    verbose_name = "Programme"

    def ready(self):
        from programme import exports, exports_de_projets, imports  # noqa: F401 - declare what can be taken away and brought in
