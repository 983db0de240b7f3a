from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    name = "territoires"
    verbose_name = "Territoires"

    def ready(self):
        from territoires import imports  # noqa: F401 - declares the resources that can be imported
