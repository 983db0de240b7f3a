"""The fiche of a project, as it is written on the public pages."""

from django import forms

from programme.champs_de_saisie import ChampDate, ChampEntier, ChampMontant, ChampNombre, ChoixParmi
from programme.enums import AutoriteLocale
from programme.models import Frein, Indicateur, Jalon, Projet
from programme.redaction import (
    FICHE,
    MONTANTS,
    communes_proposees,
    mesures_proposees,
    territoires_ecrits_par,
    territoires_proposes,
)
from programme.valeurs_de_fiche import PARTIES
from territoires.models import Territoire

LONG = forms.Textarea(attrs={"rows": 6})
AIDES = {
    "titre": "Ce que fait le projet, en une phrase courte.",
    "contexte": "D'où vient le projet, à quel besoin du territoire il répond.",
    "objectifs": "Ce que le projet doit changer, et pour qui.",
    "partenaires": "Les organismes qui y participent, et à quel titre.",
    "sans_lieu": "Le projet n'est pas situé dans une commune plutôt que dans une autre.",
    "porteur_en_creation": "Il n'a pas encore de SIREN.",
    "cout_total": "En euros, par exemple 1 250 000,50.",
    "assiette_eligible": "La part du coût que les financements peuvent aider.",
    "emplois": "Créés ou maintenus, en équivalents temps plein.",
    "debut": "Un jour approximatif suffit : par exemple le premier du mois.",
}
SANS_TAXE = "Dites si ce montant est HT ou TTC."


class FormulaireRestriction(forms.Form):
    motif = forms.CharField(
        label="Pourquoi ne pas le montrer au public",
        help_text="Lu par ceux qui connaissent la fiche. 300 caractères au plus.",
        max_length=300,
        error_messages={"required": "Dites pourquoi : la raison reste dans l'historique."},
    )


class FormulaireNouveau(forms.ModelForm):
    """An idea: a title, somewhere. The rest comes after."""

    territoire = forms.ModelChoiceField(
        Territoire.objects.none(),
        to_field_name="slug",
        label="Territoire",
        empty_label="Choisir",
        error_messages={
            "required": "Choisissez un territoire.",
            "invalid_choice": "Vous n'écrivez pas les projets de ce territoire.",
        },
    )

    class Meta:
        model = Projet
        fields = ["titre", "territoire"]
        help_texts = {"titre": AIDES["titre"]}
        error_messages = {"titre": {"required": "Donnez un titre au projet."}}

    def __init__(self, *args, auteur, territoire="", **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.saisi_par = auteur
        siens = list(territoires_ecrits_par(auteur)[:2])
        champ = self.fields["territoire"]
        champ.queryset = territoires_ecrits_par(auteur)
        if len(siens) == 1:
            champ.empty_label, self.initial["territoire"] = None, siens[0]
        elif territoire:
            self.initial["territoire"] = territoire


class FormulaireFiche(forms.ModelForm):
    """All the fields, none obligatory but the title: only what is wrong is refused."""

    mesures = ChoixParmi(label="Mesures")
    communes = ChoixParmi(label="Communes")
    territoires_associes = ChoixParmi(label="Territoires associés")
    emplois = ChampEntier(label="Emplois attendus", help_text=AIDES["emplois"], required=False)
    debut = ChampDate(label="Début prévu", help_text=AIDES["debut"], required=False)
    fin = ChampDate(label="Fin prévue", required=False)
    cout_total = ChampMontant(label="Coût total (€)", help_text=AIDES["cout_total"], required=False)
    assiette_eligible = ChampMontant(
        label="Assiette éligible (€)", help_text=AIDES["assiette_eligible"], required=False
    )

    class Meta:
        model = Projet
        fields = [*FICHE, *MONTANTS]
        help_texts = AIDES
        widgets = {"contexte": LONG, "objectifs": LONG, "partenaires": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"titre": {"required": "Donnez un titre au projet."}}

    def __init__(self, *args, champs, **kwargs):
        super().__init__(*args, **kwargs)
        for nom in [nom for nom in self.fields if nom not in champs]:
            del self.fields[nom]
        self.fields["mesures"].proposer(mesures_proposees(), lambda mesure: mesure.titre)
        self.fields["communes"].proposer(communes_proposees(self.instance), lambda commune: commune.nom)
        self.fields["territoires_associes"].proposer(territoires_proposes(self.instance))
        for nom in ("porteur_genre", "maturite"):
            self.fields[nom].choices = [("", "Choisir"), *self.fields[nom].choices[1:]]
        for nom in ("cout_total_taxe", "assiette_taxe"):
            if nom in self.fields:
                self.fields[nom].label = "HT ou TTC"
                self.fields[nom].choices = [("", "Choisir"), *self.fields[nom].choices[1:]]

    def clean(self):
        donnees = super().clean()
        for montant, taxe in (("cout_total", "cout_total_taxe"), ("assiette_eligible", "assiette_taxe")):
            if montant in self.fields and montant not in self.errors:
                if donnees.get(montant) is None:
                    donnees[taxe] = ""
                elif not donnees.get(taxe):
                    self.add_error(taxe, SANS_TAXE)
        if donnees.get("porteur_siren") and donnees.get("porteur_en_creation"):
            self.add_error("porteur_en_creation", "Un porteur en cours de création n'a pas encore de SIREN.")
        debut, fin = donnees.get("debut"), donnees.get("fin")
        if debut and fin and fin < debut:
            self.add_error("fin", "La fin prévue doit suivre le début prévu.")
        self._verifier_l_assiette(donnees)
        return donnees

    def _verifier_l_assiette(self, donnees):
        cout, assiette = donnees.get("cout_total"), donnees.get("assiette_eligible")
        comparables = donnees.get("cout_total_taxe") == donnees.get("assiette_taxe")
        if cout is not None and assiette is not None and comparables and assiette > cout:
            self.add_error("assiette_eligible", "L'assiette éligible ne dépasse pas le coût total.")


# --- Its parts
class FormulaireJalon(forms.ModelForm):
    prevu_le = ChampDate(label="Prévue le")
    atteint_le = ChampDate(label="Atteinte le", required=False)

    class Meta:
        model = Jalon
        fields = PARTIES["jalons"][1]


class FormulaireIndicateur(forms.ModelForm):
    base = ChampNombre(label="Valeur de départ", required=False)
    cible = ChampNombre(label="Cible")

    class Meta:
        model = Indicateur
        fields = PARTIES["indicateurs"][1]
        help_texts = {"unite": "Par exemple : emplois, m², tonnes par an."}


class FormulaireFrein(forms.ModelForm):
    leve_le = ChampDate(label="Levé le", required=False)

    class Meta:
        model = Frein
        fields = PARTIES["freins"][1]
        widgets = {"demande": forms.Textarea(attrs={"rows": 3})}


# --- The local validation
class FormulaireValidation(forms.Form):
    """Who validated in the territory, and when; `Projet.valider_localement` checks."""

    validation_locale_par = forms.ChoiceField(
        label="Qui a validé le projet",
        choices=[("", "Choisir"), *AutoriteLocale.choices],
        error_messages={"required": "Choisissez qui a validé le projet."},
    )
    validation_locale_le = ChampDate(label="Date de la validation")

    def ajouter_les_erreurs(self, erreur):
        for nom, erreurs in erreur.error_dict.items():
            self.add_error(nom, erreurs)
