from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    name = "territoires"
    verbose_name = "Territoires"

    def ready(self):
        from territoires import exports, imports  # noqa: F401 - declares what can be exported and imported
