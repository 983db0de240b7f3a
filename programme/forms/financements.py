"""A line of a plan, and what each of its transitions asks. Amounts are in euros."""

from django import forms

from comptes.acces import aujourdhui
from programme.argent import demandes
from programme.argent.ecritures import est_imputable
from programme.argent.enums import AUTORITES, Circuit, Financeur, GenreVersement, NatureFinancement, Preuve
from programme.champs_de_saisie import ChampDate, ChampEntier, ChampMontant
from programme.forms.parcours import ParCle
from programme.forms.perimetres import FormulaireDocument
from programme.models import DocumentSigne, Dotation, Enveloppe, Financement, Mouvement
from programme.models.regle_financements import regions_du_territoire
from territoires.models import Territoire, inscriptions_actuelles

DE_LA_DECISION = ("autorite", "autorite_precision", "date", "acte")
# What kind of payment a transition is, when it goes without saying.
GENRES = {"solder": GenreVersement.SOLDE, "reverser": GenreVersement.REVERSEMENT}


class ParSlug(forms.ModelChoiceField):
    """A territory, chosen by the name of its address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "to_field_name": "slug"})


class FormulaireFinancement(forms.ModelForm):
    """What is asked, of whom. `demandes.enregistrer` writes it, with the sums of the plan."""

    demande = ChampMontant(label="Montant demandé (€)")
    assiette = ChampMontant(
        label="Assiette (€)", required=False, help_text="La dépense dont l'aide est une part. Facultative."
    )

    class Meta:
        model = Financement
        fields = [
            "financeur",
            "enveloppe",
            "financeur_nom",
            "nature",
            "demande",
            "assiette",
            "assiette_taxe",
            "base_juridique",
            "credits",
            "preuve",
            "region",
            "dossier_operateur",
            "commentaire",
        ]
        widgets = {"commentaire": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.personne = personne
        ou = self.instance.projet.territoire_id if self.instance.projet_id else self.instance.territoire_id
        regions = regions_du_territoire(ou)
        self.fields["region"].queryset = regions
        self.fields["region"].required = False
        if regions.count() < 2:
            del self.fields["region"]
        for nom in ("financeur", "assiette_taxe"):
            self.fields[nom].choices = [("", "Choisir"), *self.fields[nom].choices[1:]]
        self.fields["enveloppe"].queryset = Enveloppe.objects.all()
        self.fields["enveloppe"].empty_label = "Aucune : autre financeur"

    def clean(self):
        donnees = super().clean()
        if donnees.get("financeur") == Financeur.ENVELOPPE and not donnees.get("enveloppe"):
            self.add_error("enveloppe", "Choisissez l'enveloppe.")
        if donnees.get("financeur") not in (None, Financeur.ENVELOPPE) and donnees.get("enveloppe"):
            self.add_error("enveloppe", "Cette enveloppe est du programme : choisissez « Enveloppe du programme ».")
        if donnees.get("financeur") == Financeur.AUTOFINANCEMENT:
            donnees["nature"] = NatureFinancement.FONDS_PROPRES
        if donnees.get("preuve") == Preuve.JUSTIFIE and self.initial.get("preuve") != Preuve.JUSTIFIE:
            self._verifier_le_document()
        return donnees

    def _verifier_le_document(self):
        if not self.instance.pk or not self.instance.documents.en_cours().exists():
            self.add_error(
                "preuve",
                "Le document n'est pas déposé. Enregistrez la source comme déclarée, puis joignez le document "
                "depuis sa page : elle deviendra justifiée.",
            )

    def _post_clean(self):
        super()._post_clean()
        if not self.instance.region_id:
            self.instance.region_id = demandes.region_par_defaut(self.instance)

    def save(self, commit=True):
        return demandes.enregistrer(self.instance, self.personne)


class FormulaireDocumentJoint(FormulaireDocument):
    """A document of a line, beside those it has or in place of one."""

    remplace = ParCle(
        DocumentSigne.objects.none(),
        label="Il remplace",
        required=False,
        empty_label="Aucun : il s'ajoute",
        help_text="Le document remplacé reste dans l'historique.",
    )

    def __init__(self, *args, financement, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fichier"].label = "Document"
        self.fields["remplace"].queryset = financement.documents.en_cours()
        if not self.fields["remplace"].queryset.exists():
            del self.fields["remplace"]


class FormulaireHorsFiche(forms.ModelForm):
    """What goes to a company of a territory without any fiche-action."""

    demande = ChampMontant(label="Montant demandé (€)")

    class Meta:
        model = Financement
        fields = [
            "territoire",
            "beneficiaire_siret",
            "beneficiaire_nom",
            "enveloppe",
            "nature",
            "demande",
            "base_juridique",
            "credits",
            "dossier_operateur",
            "commentaire",
        ]
        field_classes = {"territoire": ParSlug}
        widgets = {"commentaire": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"territoire": "Celui où le bénéficiaire investit."}

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.personne = personne
        self.instance.financeur = Financeur.ENVELOPPE
        for nom in ("territoire", "beneficiaire_siret", "beneficiaire_nom", "enveloppe"):
            self.fields[nom].required = True
        actuelles = inscriptions_actuelles().values("territoire")
        self.fields["territoire"].queryset = Territoire.objects.filter(pk__in=actuelles)
        self.fields["territoire"].empty_label = self.fields["enveloppe"].empty_label = "Choisir"

    def _post_clean(self):
        if self.cleaned_data.get("territoire"):
            self.instance.territoire = self.cleaned_data["territoire"]
            self.instance.region_id = demandes.region_par_defaut(self.instance)
        super()._post_clean()

    def save(self, commit=True):
        return demandes.enregistrer(self.instance, self.personne)


class FormulaireMouvement(forms.ModelForm):
    """For one transition: only the fields that it asks, and the reason, which is always welcome."""

    montant = ChampMontant(label="Montant (€)")
    exercice = ChampEntier(label="Exercice", help_text="L'année sur laquelle il est payé.")
    date = ChampDate(label="Date de la décision")

    class Meta:
        model = Mouvement
        fields = ["montant", "dotation", "genre_versement", "exercice", *DE_LA_DECISION, "motif"]
        field_classes = {"dotation": ParCle}
        widgets = {"motif": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "autorite": "Celle qui a pris la décision, pas la personne qui la saisit.",
            "dotation": "Celle dont le montant est réservé ou engagé.",
        }

    def __init__(self, *args, transition, financement, **kwargs):
        super().__init__(*args, **kwargs)
        self.transition, self.financement = transition, financement
        garde = {"motif", *transition.champs, *(DE_LA_DECISION if transition.decision else ())}
        if transition.cle in GENRES:
            garde -= {"genre_versement"}
        if self._choisit_la_dotation():
            garde |= {"dotation"}
        for nom in [nom for nom in self.fields if nom not in garde]:
            del self.fields[nom]
        for nom in garde & {*transition.champs, "dotation", *(("autorite", "date") if transition.decision else ())}:
            self.fields[nom].required = True
        self.fields["motif"].required = transition.motif
        if not transition.motif:
            self.fields["motif"].label = "Remarque (facultative)"
        self._preremplir()

    def _choisit_la_dotation(self):
        ligne = self.financement
        return bool(ligne.enveloppe_id and not ligne.porte and self.transition.cle in ("programmer", "attribuer"))

    def _preremplir(self):
        ligne, champs = self.financement, self.fields
        if "montant" in champs:
            self.initial["montant"] = {
                "programmer": ligne.demande,
                "attribuer": ligne.programme or ligne.demande,
                "solder": ligne.reste_a_verser,
            }.get(self.transition.cle)
        if "dotation" in champs:
            possibles = Dotation.objects.filter(exercice__enveloppe=ligne.enveloppe_id).select_related(
                "exercice__enveloppe", "region", "territoire"
            )
            retenues = [une.pk for une in possibles if est_imputable(ligne, une)]
            champs["dotation"].queryset = possibles.filter(pk__in=retenues).order_by("-exercice__annee", "territoire")
            champs["dotation"].empty_label = "Choisir"
        if "genre_versement" in champs:
            offerts = [GenreVersement.AVANCE, GenreVersement.ACOMPTE]
            champs["genre_versement"].choices = [("", "Choisir"), *((un.value, un.label) for un in offerts)]
        if "exercice" in champs:
            self.initial["exercice"] = aujourdhui().year
        if "autorite" in champs:
            self.initial["date"] = aujourdhui()
            circuit = ligne.enveloppe.circuit if ligne.enveloppe_id else Circuit.OPERATEUR
            self.initial["autorite"] = AUTORITES[circuit]
            champs["autorite_precision"].label = "Laquelle, si c'est une autre autorité"

    def clean(self):
        donnees = super().clean()
        if self.transition.cle in GENRES:
            donnees["genre_versement"] = GENRES[self.transition.cle]
        return donnees

    def _post_clean(self):
        """`comptes.parcours.passer` checks the whole movement, once it is complete."""

    def ajouter_les_erreurs(self, erreur):
        """Show, at their fields, what `passer` refused."""
        par_champ = erreur.error_dict if hasattr(erreur, "error_dict") else {None: erreur}
        for nom, erreurs in par_champ.items():
            self.add_error(nom if nom in self.fields else None, erreurs)
