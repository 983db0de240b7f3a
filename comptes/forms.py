"""Forms about people."""

from django.contrib.auth.forms import AuthenticationForm
from dsfr.forms import DsfrBaseForm


class FormulaireConnexion(DsfrBaseForm, AuthenticationForm):
    """Sign-in by e-mail and password, whatever the case of the address."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "Adresse ou mot de passe incorrect. Vérifiez les majuscules du mot de passe.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = "Saisissez votre adresse électronique."
        self.fields["password"].error_messages["required"] = "Saisissez votre mot de passe."

    def clean_username(self):
        return self.cleaned_data["username"].lower()
