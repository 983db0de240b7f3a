"""Who is invited to do what; what whoever accepts says of themselves."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q

from comptes.acces import aujourdhui, est_administrateur
from comptes.forms_connexion import ENCORE, NOUVEAU
from comptes.invitations import inviter
from comptes.models import EtatInvitation, Utilisateur

CALENDRIER = {"type": "date"}
DATE_INVALIDE = "Cette date n'existe pas : écrivez-la comme 22/11/2026."
_PAS_LA = "Vous ne pouvez pas inviter à ce titre ici : choisissez dans la liste."


def adresse_du_champ(modele):
    """Return the name of the field by which addresses and forms call a scope: its slug, its random key, its code."""
    noms = {champ.name for champ in modele._meta.fields}
    return next((nom for nom in ("slug", "cle") if nom in noms), "pk")


def qualites_nommables(genre, auteur):
    """Return the choices of qualities of a kind that a person may give, on some scope."""
    choix = genre._meta.get_field("qualite").choices
    if est_administrateur(auteur):
        return choix
    permises = set()
    for delegation in genre.delegations:
        if delegation.portees(auteur).exists():
            permises |= {str(qualite) for qualite in delegation.qualites}
    return [(valeur, libelle) for valeur, libelle in choix if valeur in permises]


class FormulaireInvitation(forms.Form):
    """For one kind of habilitation: its scopes and qualities are those that the author may give, and no others."""

    adresse = forms.EmailField(
        label="Adresse électronique",
        help_text="L'invitation y part. Format attendu : nom@domaine.fr",
        error_messages={
            "required": "Saisissez l'adresse électronique de la personne.",
            "invalid": "Cette adresse est incomplète. Exemple : nom@domaine.fr.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    prenom = forms.CharField(label="Prénom (facultatif)", max_length=100, required=False)
    nom = forms.CharField(label="Nom (facultatif)", max_length=100, required=False)
    qualite = forms.ChoiceField(
        error_messages={"required": "Choisissez dans la liste.", "invalid_choice": _PAS_LA},
    )
    du = forms.DateField(
        label="À partir du",
        help_text="Au plus tôt le jour où la personne accepte.",
        initial=aujourdhui,
        widget=forms.DateInput(attrs=CALENDRIER, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez un premier jour.", "invalid": DATE_INVALIDE},
    )
    au = forms.DateField(
        label="Jusqu'au (facultatif)",
        help_text="Ce jour compris. Vide : sans fin prévue.",
        required=False,
        widget=forms.DateInput(attrs=CALENDRIER, format="%Y-%m-%d"),
        error_messages={"invalid": DATE_INVALIDE},
    )
    acte_numero = forms.CharField(
        label="Numéro de l'acte de délégation",
        help_text="S'il y en a un : arrêté, délibération.",
        max_length=50,
        required=False,
    )
    acte_date = forms.DateField(
        label="Date de l'acte de délégation",
        required=False,
        widget=forms.DateInput(attrs=CALENDRIER, format="%Y-%m-%d"),
        error_messages={"invalid": DATE_INVALIDE},
    )
    message = forms.CharField(
        label="Votre message (facultatif)",
        help_text="500 caractères au plus, ajoutés à l'invitation.",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, auteur, genre, portee="", **kwargs):
        super().__init__(*args, **kwargs)
        self.auteur, self.genre = auteur, genre
        champ = genre._meta.get_field("qualite")
        self.fields["qualite"].label = champ.verbose_name.capitalize()
        self.fields["qualite"].choices = [("", "Choisir"), *qualites_nommables(genre, auteur)]
        self._preciser_la_portee(portee)
        # The first thing to say, after who: where.
        self.order_fields(["adresse", "prenom", "nom", *genre.avec, "qualite"])

    def _preciser_la_portee(self, demandee):
        for nom in self.genre.avec:
            champ = self.genre._meta.get_field(nom)
            modele = champ.related_model
            permises = modele._default_manager.all()
            if not est_administrateur(self.auteur):
                condition = Q(pk__in=[])
                for delegation in self.genre.delegations:
                    condition |= Q(pk__in=delegation.portees(self.auteur))
                permises = permises.filter(condition)
            cle = adresse_du_champ(modele)
            # PostgreSQL has no text with a null character, not even to look for.
            demandee = demandee or (self.data.get(nom, "") if self.genre.se_choisit_dans else "")
            trouvees = permises.filter(**{cle: demandee}) if demandee and "\0" not in demandee else permises.none()
            propose = trouvees.first()
            seul = len(self.genre.avec) == 1
            self.fields[nom] = forms.ModelChoiceField(
                trouvees if self.genre.se_choisit_dans else permises,
                label=champ.verbose_name.capitalize(),
                to_field_name=cle,
                required=seul,
                empty_label="Choisir" if seul else "Aucun",
                initial=propose,
                error_messages={"required": "Choisissez dans la liste.", "invalid_choice": _PAS_LA},
            )

    @property
    def portee_a_choisir(self):
        """Whether the scope has first to be chosen, in the list of them all."""
        return bool(self.genre.se_choisit_dans) and not self.is_bound and not self.fields[self.genre.portee].initial

    @property
    def complements(self):
        """The fields that most invitations leave alone."""
        return [self[nom] for nom in ("du", "au", "acte_numero", "acte_date")]

    @property
    def principaux(self):
        return [self[nom] for nom in ("adresse", "prenom", "nom", *self.genre.avec, "qualite")]

    @property
    def complements_en_erreur(self):
        return any(champ.errors for champ in self.complements)

    def clean(self):
        donnees = super().clean()
        if len(self.genre.avec) > 1 and not self.errors:
            portees = [nom for nom in self.genre.avec if donnees.get(nom)]
            if len(portees) != 1:
                noms = " ou ".join(self.fields[nom].label.lower() for nom in self.genre.avec)
                self.add_error(self.genre.avec[0], f"Choisissez l'un ou l'autre : {noms}, pas les deux.")
        return donnees

    def save(self):
        """Invite. Returns the invitation, or None: errors say why not, each at its field."""
        donnees = dict(self.cleaned_data)
        portees = [donnees.pop(nom) for nom in self.genre.avec]
        try:
            return inviter(
                self.auteur, genre=self.genre, portee=next((p for p in portees if p is not None), None), **donnees
            )
        except ValidationError as erreur:
            par_champ = erreur.error_dict if hasattr(erreur, "error_dict") else {None: erreur}
            for nom, erreurs in par_champ.items():
                self.add_error(nom if nom in self.fields else None, erreurs)
            return None


class FormulaireCompte(forms.ModelForm):
    """The account that begins: its owner's name, and a password that nobody else knows."""

    password1 = forms.CharField(
        label="Mot de passe",
        help_text=NOUVEAU["help_text"],
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autocapitalize": "none"}),
        error_messages={"required": "Choisissez un mot de passe."},
    )
    password2 = forms.CharField(
        label=ENCORE["label"],
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autocapitalize": "none"}),
        error_messages={"required": "Saisissez une seconde fois le mot de passe."},
    )

    class Meta:
        model = Utilisateur
        fields = ["prenom", "nom", "fonction"]
        help_texts = {
            "fonction": "Telle que vos interlocuteurs la connaissent. Exemple : chargée de mission industrie."
        }
        widgets = {
            "prenom": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "nom": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "fonction": forms.TextInput(attrs={"autocomplete": "organization-title"}),
        }
        error_messages = {
            "prenom": {"required": "Saisissez votre prénom."},
            "nom": {"required": "Saisissez votre nom."},
            "fonction": {"required": "Saisissez votre fonction."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nom in self._meta.fields:
            self.fields[nom].required = True

    def clean(self):
        donnees = super().clean()
        premier, second = donnees.get("password1"), donnees.get("password2")
        if premier and second and premier != second:
            self.add_error("password2", "Les deux mots de passe ne sont pas les mêmes : saisissez-les à nouveau.")
        return donnees

    def _post_clean(self):
        """Judge the password once the name is known: it may not look like it."""
        super()._post_clean()
        if premier := self.cleaned_data.get("password1"):
            try:
                validate_password(premier, self.instance)
            except ValidationError as erreur:
                self.add_error("password1", erreur)

    def compte(self):
        """Return the account, not saved: hashing takes long, the transaction waits for nothing."""
        self.instance.set_password(self.cleaned_data["password1"])
        return self.instance


class FiltreInvitations(forms.Form):
    """By state; « expirée » is not kept anywhere, it follows from the date."""

    ETATS = (
        ("attente", "Envoyées, sans réponse"),
        ("expirees", "Expirées"),
        (EtatInvitation.A_ENVOYER, EtatInvitation.A_ENVOYER.label),
        (EtatInvitation.ACCEPTEE, "Acceptées"),
        (EtatInvitation.ANNULEE, "Annulées"),
    )
    etat = forms.ChoiceField(label="État", required=False, choices=[("", "Toutes"), *ETATS])

    def filtrer(self, invitations):
        etat = self.cleaned_data.get("etat") if self.is_valid() else ""
        if etat == "attente":
            return invitations.sans_reponse()
        if etat == EtatInvitation.A_ENVOYER:
            return invitations.a_envoyer()
        if etat == "expirees":
            return invitations.expirees()
        return invitations.filter(etat=etat) if etat else invitations

    @property
    def actif(self):
        return self.is_valid() and bool(self.cleaned_data["etat"])
