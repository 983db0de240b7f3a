"""What is opened, what shares are set at, what regions ask. Amounts are in euros."""

from django import forms

from comptes.acces import aujourdhui
from programme.argent import plafonds
from programme.argent.enums import AutoriteFinanciere, GenreOuverture
from programme.champs_de_saisie import ChampDate, ChampMontant
from programme.models import ActeDeDotation, Dotation, Ouverture, PropositionDeDotation
from territoires.models import Region, Territoire, inscriptions_actuelles, regions_decidees_par

INCONNU = "Vide : montant inconnu."


class FormulaireOuverture(forms.ModelForm):
    ae = ChampMontant(label="Autorisations d'engagement (€)", required=False, help_text=INCONNU)
    cp = ChampMontant(label="Crédits de paiement (€)", required=False, help_text=INCONNU)
    date = ChampDate(label="Date de l'acte")

    class Meta:
        model = Ouverture
        fields = ["genre", "ae", "cp", "date", "acte", "source"]
        widgets = {"source": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"genre": "Une révision dit le nouveau total : elle remplace, elle ne s'ajoute pas."}

    def __init__(self, *args, exercice, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.exercice, self.personne = exercice, personne
        ouvertes = exercice.ouvertures.filter(genre=GenreOuverture.INITIALE).exists()
        self.initial["genre"] = GenreOuverture.REVISION if ouvertes else GenreOuverture.INITIALE

    def save(self, commit=True):
        return plafonds.ouvrir(self.instance, self.personne)


class FormulaireActe(forms.ModelForm):
    """What a share is set at, by whose decision."""

    montant = ChampMontant(label="Montant (€)", required=False, help_text="Vide : inconnu, suivi sans plafond.")
    date = ChampDate(label="Date de la décision")

    class Meta:
        model = ActeDeDotation
        fields = ["genre", "montant", "autorite", "autorite_precision", "date", "acte", "motif"]
        widgets = {"motif": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "genre": "Un plafond bloque ; un objectif indicatif avertit.",
            "autorite": "Celle qui a pris la décision, pas la personne qui la saisit.",
        }

    def __init__(self, *args, dotation, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.dotation, self.personne = dotation, personne
        self.initial |= {"genre": dotation.genre, "montant": dotation.montant, "date": aujourdhui()}
        self.fields["autorite_precision"].label = "Laquelle, si c'est une autre autorité"
        self.fields["autorite"].choices = [("", "Choisir"), *AutoriteFinanciere.choices]

    def save(self, commit=True):
        return plafonds.fixer(self.dotation, self.instance, self.personne)


class FormulaireLieu(forms.Form):
    """Where a share goes: a region (or the nation), a territory of it."""

    region = forms.ModelChoiceField(Region.objects.all(), label="Région", required=False, empty_label="Part nationale")
    territoire = forms.ModelChoiceField(
        Territoire.objects.none(), label="Territoire", required=False, empty_label="Toute la région",
        to_field_name="slug", help_text="La part d'un territoire est prise sur celle de la région qui le pilote.",
    )  # fmt: skip

    def __init__(self, *args, exercice, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.exercice, self.personne = exercice, personne
        actuelles = inscriptions_actuelles()
        self.fields["territoire"].queryset = Territoire.objects.filter(pk__in=actuelles.values("territoire"))

    def clean(self):
        donnees = super().clean()
        region, territoire = donnees.get("region"), donnees.get("territoire")
        if territoire:
            menante = inscriptions_actuelles().filter(territoire=territoire).values_list("region", flat=True).first()
            if region and region.pk != menante:
                self.add_error("territoire", "Une autre région pilote ce territoire.")
            donnees["region"] = Region.objects.get(pk=menante)
        return donnees

    @property
    def dotation(self):
        """The share of that place, new or not."""
        lieu = {
            "exercice": self.exercice,
            "region": self.cleaned_data["region"],
            "territoire": self.cleaned_data["territoire"],
        }
        return Dotation.objects.filter(**lieu).first() or Dotation(**lieu)


class FormulaireProposition(forms.ModelForm):
    montant = ChampMontant(label="Montant (€)")

    class Meta:
        model = PropositionDeDotation
        fields = ["region", "genre", "montant", "motif"]
        widgets = {"motif": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, exercice, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.exercice, self.personne = exercice, personne
        self.fields["region"].queryset = Region.objects.filter(pk__in=regions_decidees_par(personne))
        self.fields["region"].empty_label = None

    def save(self, commit=True):
        return plafonds.proposer(self.instance, self.personne)


class FormulaireReponse(forms.ModelForm):
    """The answer to what a region proposes. Refused, only the reason counts."""

    ACCEPTER, REFUSER = "accepter", "refuser"

    sens = forms.ChoiceField(label="Réponse", choices=[(ACCEPTER, "Accepter"), (REFUSER, "Refuser")])
    reponse = forms.CharField(
        label="Pourquoi", required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="En cas de refus."
    )
    date = ChampDate(label="Date de la décision", required=False)

    field_order = ["sens", "reponse", "autorite", "autorite_precision", "date", "acte"]

    class Meta:
        model = ActeDeDotation
        fields = ["autorite", "autorite_precision", "date", "acte"]

    def __init__(self, *args, proposition, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.proposition, self.personne = proposition, personne
        self.initial["date"] = aujourdhui()
        self.fields["autorite"].required = False
        self.fields["autorite"].choices = [("", "Choisir"), *AutoriteFinanciere.choices]
        self.fields["autorite_precision"].label = "Laquelle, si c'est une autre autorité"

    def clean(self):
        donnees = super().clean()
        if donnees.get("sens") == self.ACCEPTER:
            for nom in ("autorite", "date"):
                if not donnees.get(nom) and nom not in self.errors:
                    self.add_error(nom, "Dites qui a décidé, et quand.")
        elif not (donnees.get("reponse") or "").strip():
            self.add_error("reponse", "Dites pourquoi : la région le lira.")
        return donnees

    def _post_clean(self):
        """`plafonds.accepter` checks the act, once it is complete."""

    def save(self, commit=True):
        if self.cleaned_data["sens"] == self.REFUSER:
            return plafonds.refuser(self.proposition, self.cleaned_data["reponse"], self.personne)
        acte = ActeDeDotation(**{nom: self.cleaned_data[nom] for nom in self._meta.fields})
        return plafonds.accepter(self.proposition, acte, self.personne)
