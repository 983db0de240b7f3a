"""Forms of the members' pages."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from dsfr.forms import DsfrBaseForm

from comptes.acces import aujourdhui, voit_tout
from comptes.invitations import inviter
from comptes.noms import simplifier
from pilotage.enums import EtatMembre
from pilotage.membres import TRIS, Criteres, genres_en_mots
from tableurs.francais import jour
from tableurs.typographie import typographier
from territoires.models import Inscription, Region, Territoire, inscriptions_actuelles, territoires_de

LONGUEUR_MAX_TEXTE = 200


class FormulaireMembres(DsfrBaseForm):
    """Filters of the list of members: the places proposed are those that the reader follows."""

    q = forms.CharField(label="Nom ou adresse", max_length=LONGUEUR_MAX_TEXTE, required=False)
    genre = forms.ChoiceField(label="Habilitation", required=False)
    etat = forms.ChoiceField(label="État", choices=EtatMembre.choices, required=False)
    region = forms.ChoiceField(label="Région", required=False)
    territoire = forms.ChoiceField(label="Territoire", required=False)
    tri = forms.ChoiceField(choices=[(f"{sens}{cle}", cle) for cle in TRIS for sens in ("", "-")], required=False)

    # In the order in which their chips are shown.
    FILTRES = ("q", "genre", "etat", "region", "territoire")

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        territoires, regions = _lieux(personne)
        self.territoires = {slug: cle for cle, slug, _ in territoires}
        self.fields["genre"].choices = [("", "Toutes"), *genres_en_mots()]
        self.fields["region"].choices = [("", "Toutes"), *regions]
        self.fields["territoire"].choices = [("", "Tous"), *((slug, nom) for _, slug, nom in territoires)]

    @property
    def champs(self):
        return [self[nom] for nom in self.FILTRES]

    def criteres(self):
        """Return what is asked, after `is_valid()`."""
        donnees = self.cleaned_data
        return Criteres(
            q=simplifier(donnees["q"]) or donnees["q"],
            genre=donnees["genre"],
            etat=donnees["etat"],
            region=donnees["region"],
            territoire=self.territoires.get(donnees["territoire"]),
            tri=donnees["tri"],
        )

    def actifs(self):
        """Return, for each filter in use, (its name, its words), after `is_valid()`."""
        return [
            (nom, typographier(f"{self.fields[nom].label} : {self._mots(nom)}"))
            for nom in self.FILTRES
            if self.cleaned_data[nom]
        ]

    def _mots(self, nom):
        valeur = self.cleaned_data[nom]
        return dict(getattr(self.fields[nom], "choices", ())).get(valeur, valeur)


def _lieux(personne):
    """Return ([(key, slug, name)], [(code, name)]) of the territories and regions that a person follows."""
    territoires = Territoire.objects.order_by("nom")
    regions = Region.objects.all()
    if not voit_tout(personne):
        territoires = territoires.filter(pk__in=territoires_de(personne))
        suivies = inscriptions_actuelles().filter(territoire__in=territoires_de(personne))
        publiees = Inscription.regions.through.objects.filter(inscription__in=suivies.values("pk"))
        regions = regions.filter(
            Q(pk__in=suivies.values("region"))
            | Q(pk__in=publiees.values("region"))
            | Q(pk__in=suivies.values("perimetre__regions"))
        )
    return list(territoires.values_list("pk", "slug", "nom")), list(regions.values_list("pk", "nom"))


class FormulaireFin(DsfrBaseForm):
    """The last day of an habilitation: today, it ends at once."""

    dernier_jour = forms.DateField(
        label="Dernier jour",
        help_text="Aujourd'hui : l'accès est fermé tout de suite. Un autre jour : ce jour-là compris.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "Indiquez le dernier jour.",
            "invalid": typographier("Ce n'est pas une date : écrivez par exemple 31/12/2026."),
        },
    )

    def __init__(self, *args, habilitation, auteur, **kwargs):
        super().__init__(*args, initial={"dernier_jour": aujourdhui()}, **kwargs)
        self.habilitation, self.auteur = habilitation, auteur

    def clean_dernier_jour(self):
        choisi, habilitation = self.cleaned_data["dernier_jour"], self.habilitation
        if choisi < aujourdhui():
            raise ValidationError("Ce jour est passé : choisissez aujourd'hui ou un jour à venir.")
        if habilitation.au and choisi > habilitation.au:
            texte = f"L'habilitation s'arrête déjà le {jour(habilitation.au)} : choisissez un jour avant."
            raise ValidationError(typographier(texte))
        if choisi != aujourdhui() and choisi < habilitation.du:
            texte = f"L'habilitation ne commence que le {jour(habilitation.du)} : choisissez ce jour, ou aujourd'hui."
            raise ValidationError(typographier(f"{texte}"))
        return choisi

    def save(self):
        """End it. Returns whether it did: errors say why not."""
        try:
            choisi = self.cleaned_data["dernier_jour"]
            self.habilitation.terminer(self.auteur, choisi if choisi > aujourdhui() else None)
        except ValidationError as erreur:
            self.add_error(None, erreur)
            return False
        return True


class FormulaireTransfert(DsfrBaseForm):
    """To whom an habilitation is handed: an invitation, which replaces it when it is accepted."""

    adresse = forms.EmailField(label="Adresse électronique", help_text="L'invitation y est envoyée.")
    prenom = forms.CharField(label="Prénom", max_length=100)
    nom = forms.CharField(label="Nom", max_length=100)

    def __init__(self, *args, habilitation, auteur, **kwargs):
        super().__init__(*args, **kwargs)
        self.habilitation, self.auteur = habilitation, auteur

    def clean_adresse(self):
        adresse = self.cleaned_data["adresse"].lower()
        if adresse == self.habilitation.personne.email:
            raise ValidationError("C'est l'adresse de la personne qui a déjà cette habilitation.")
        return adresse

    def save(self):
        """Invite. Returns the invitation, or None: errors say why not."""
        habilitation = self.habilitation
        try:
            return inviter(
                self.auteur,
                genre=type(habilitation),
                qualite=habilitation.qualite,
                portee=habilitation.objet,
                remplace=habilitation,
                **self.cleaned_data,
            )
        except ValidationError as erreur:
            # By field where the form has it: « qualité », for one, is not asked here.
            par_champ = erreur.error_dict if hasattr(erreur, "error_dict") else {None: erreur.error_list}
            for champ, erreurs in par_champ.items():
                self.add_error(champ if champ in self.fields else None, erreurs)
            return None
