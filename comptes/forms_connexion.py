"""Forms of the sign-in: allauth's, in the portal's words."""

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.usersessions.forms import ManageUserSessionsForm
from allauth.usersessions.models import UserSession
from django.core.validators import MaxLengthValidator
from django.forms import ModelChoiceField

from comptes.models import Utilisateur
from comptes.second_facteur import mettre_fin_aux_sessions

LONGUEUR_MAX_NOM = 60
LONGUEUR_MAX_ADRESSE = Utilisateur._meta.get_field("email").max_length
ADRESSE = {
    "label": "Adresse électronique",
    "help_text": "Format attendu : nom@domaine.fr",
    "required": "Saisissez votre adresse électronique.",
    "autocomplete": "username",
    "autocapitalize": "none",
    "spellcheck": "false",
}
MOT_DE_PASSE = {
    "label": "Mot de passe",
    "help_text": "",
    "required": "Saisissez votre mot de passe.",
    "autocapitalize": "none",
    "spellcheck": "false",
}
NOUVEAU = {
    **MOT_DE_PASSE,
    "label": "Nouveau mot de passe",
    "help_text": (
        "12 caractères au moins. Quelques mots sans rapport entre eux conviennent bien. Ni votre nom, ni votre "
        "adresse, ni un mot de passe courant, ni des chiffres seuls."
    ),
    "required": "Saisissez un nouveau mot de passe.",
}
ENCORE = {
    **MOT_DE_PASSE,
    "label": "Le même mot de passe, une seconde fois",
    "required": "Saisissez une seconde fois le nouveau mot de passe.",
}
CODE = {
    "label": "Code",
    "help_text": "Les six chiffres qu'affiche votre application, ou l'un de vos codes de secours.",
    "required": "Saisissez un code.",
    "inputmode": "numeric",
    "autocapitalize": "none",
    "spellcheck": "false",
}


class Intitules:
    """Says of each field of `intitules` its label, its hint, what to do when it is empty; the rest are attributes."""

    intitules = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            champ.widget.attrs.pop("placeholder", None)
        for nom, intitule in self.intitules.items():
            intitule, champ = dict(intitule), self.fields[nom]
            champ.label, champ.help_text = intitule.pop("label"), intitule.pop("help_text")
            champ.error_messages["required"] = intitule.pop("required")
            champ.widget.attrs.update(intitule)


class FormulaireConnexion(Intitules, forms.LoginForm):
    intitules = {"login": ADRESSE, "password": MOT_DE_PASSE}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["invalid"] = "Cette adresse est incomplète. Exemple : nom@domaine.fr."


class FormulaireMotDePasseOublie(Intitules, forms.ResetPasswordForm):
    intitules = {"email": {**ADRESSE, "autocomplete": "email"}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # No account has a longer one, and the outbox could not keep it.
        self.fields["email"].max_length = LONGUEUR_MAX_ADRESSE
        self.fields["email"].validators.append(MaxLengthValidator(LONGUEUR_MAX_ADRESSE))

    def save(self, request, **kwargs):
        """One e-mail in any case: the answer takes as long, and whoever mistook an address of theirs learns it."""
        if self.users:
            return super().save(request, **kwargs)
        get_adapter().send_mail("account/email/unknown_account", self.cleaned_data["email"], {})
        return self.cleaned_data["email"]


class FormulaireNouveauMotDePasse(Intitules, forms.ResetPasswordKeyForm):
    intitules = {"password1": NOUVEAU, "password2": ENCORE}


class FormulaireChangementMotDePasse(Intitules, forms.ChangePasswordForm):
    intitules = {
        "oldpassword": {**MOT_DE_PASSE, "label": "Mot de passe actuel"},
        "password1": NOUVEAU,
        "password2": ENCORE,
    }


class FormulairePremierMotDePasse(Intitules, forms.SetPasswordForm):
    intitules = {"password1": NOUVEAU, "password2": ENCORE}


class FormulaireConfirmation(Intitules, forms.ReauthenticateForm):
    intitules = {"password": MOT_DE_PASSE}


class FormulaireCode(Intitules, AuthenticateForm):
    intitules = {"code": CODE}


class FormulaireConfirmationCode(Intitules, ReauthenticateForm):
    intitules = {"code": CODE}


class FormulaireApplication(Intitules, ActivateTOTPForm):
    intitules = {
        "code": {
            **CODE,
            "label": "Code affiché par l'application",
            "help_text": "Six chiffres, qui changent toutes les trente secondes.",
            "required": "Saisissez le code qu'affiche l'application.",
        }
    }


NOM_DE_CLE = {
    "label": "Nom de la clé",
    "help_text": "Pour la reconnaître, par exemple « Ordinateur du bureau ».",
    "required": "Donnez un nom à cette clé.",
    "maxlength": str(LONGUEUR_MAX_NOM),
}


class FormulaireCle(Intitules, AddWebAuthnForm):
    intitules = {"name": NOM_DE_CLE}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = LONGUEUR_MAX_NOM
        self.fields["credential"].error_messages["required"] = (
            "Le navigateur n'a transmis aucune clé. Réessayez, ou choisissez l'application."
        )


class FormulaireNomDeCle(Intitules, EditWebAuthnForm):
    intitules = {"name": NOM_DE_CLE}


class FormulaireSessions(ManageUserSessionsForm):
    """Ends the session chosen, or all but the one of whoever asks when none is."""

    session = ModelChoiceField(UserSession.objects.none(), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = UserSession.objects.filter(user=self.request.user)

    def save(self, request):
        choisie = self.cleaned_data["session"]
        if choisie is None:
            mettre_fin_aux_sessions(request.user, sauf=request.session.session_key)
        elif choisie.session_key != request.session.session_key:
            choisie.end()
