"""Opinions, committees, what they decide."""

from django import forms

from comptes.acces import aujourdhui, est_administrateur
from programme.champs_de_saisie import ChampDate, ChampEntier
from programme.enums import AutoriteDecision, GenreComite, SensAvis
from programme.forms.parcours import AIDES, DE_LA_DECISION
from programme.models import Comite, Decision
from programme.models.avis import nom_de_l_autorite
from programme.parcours_actualisation import PARCOURS as PARCOURS_D_ACTUALISATION
from programme.parcours_projet import PARCOURS
from territoires.models import Region, regions_decidees_par

# What a committee may decide of a project, in the order of the choice.
DECIDABLES = ("inscrire", "inscrire-sous-reserve", "ajourner", "ne-pas-inscrire")
ISSUES = [("", "Pas de décision"), *((cle, PARCOURS.transition(cle).verbe) for cle in DECIDABLES)]
ISSUES_D_ACTUALISATION = [
    ("", "Pas de décision"),
    *((cle, PARCOURS_D_ACTUALISATION.transition(cle).verbe) for cle in ("accepter", "refuser")),
]
A_CHOISIR = "Choisissez la décision, ou effacez ce qui l'accompagne."
A_MOTIVER = "Dites pourquoi : le motif est gardé et montré."
# Those among which one may inscribe under a contract.
INSCRIPTIONS = ("inscrire", "inscrire-sous-reserve")


class FormulaireAvis(forms.Form):
    """The State's opinion; `Avis.donner` checks and keeps it."""

    autorite = forms.ChoiceField(
        label="Au nom de", error_messages={"invalid_choice": "Choisissez une autorité dont vous relevez."}
    )
    sens = forms.ChoiceField(
        label="Avis",
        choices=[("", "Choisir"), *SensAvis.choices],
        error_messages={"required": "Choisissez le sens de l'avis."},
    )
    motif = forms.CharField(
        label="Motif",
        help_text="Obligatoire si l'avis est réservé ou défavorable. L'équipe du territoire et la région le lisent.",
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    date = ChampDate(label="Date de l'avis")

    def __init__(self, *args, autorites, **kwargs):
        super().__init__(*args, **kwargs)
        self.autorites = {habilitation.cle: habilitation for habilitation in autorites}
        noms = {}
        for cle, habilitation in self.autorites.items():
            # Of one authority by several services, one will do.
            noms.setdefault(nom_de_l_autorite(habilitation), cle)
        self.fields["autorite"].choices = [(cle, nom) for nom, cle in noms.items()]
        self.au_nom_de = next(iter(noms)) if len(noms) == 1 else ""
        if self.au_nom_de:
            del self.fields["autorite"]
        self.fields["date"].initial = aujourdhui()

    def clean(self):
        donnees = super().clean()
        if donnees.get("sens") not in (None, SensAvis.FAVORABLE) and not donnees.get("motif"):
            self.add_error("motif", "Un avis réservé ou défavorable se motive : dites pourquoi.")
        if donnees.get("date") and donnees["date"] > aujourdhui():
            self.add_error("date", "Cette date est à venir : l'avis est déjà donné.")
        return donnees

    @property
    def habilitation(self):
        choisie = self.cleaned_data.get("autorite")
        return self.autorites[choisie] if choisie else next(iter(self.autorites.values()))


class FormulaireComite(forms.ModelForm):
    date = ChampDate(label="Date", help_text="D'une consultation écrite : le jour où elle se termine.")

    class Meta:
        model = Comite
        fields = ["region", "genre", "date", "lieu", "presents", "excuses"]
        labels = {"region": "Région"}
        help_texts = {"lieu": "D'une réunion seulement."}
        widgets = {"presents": forms.Textarea(attrs={"rows": 5}), "excuses": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["region"]
            return
        self.instance.saisi_par = personne
        regions = Region.objects.all()
        if not est_administrateur(personne):
            regions = regions.filter(pk__in=regions_decidees_par(personne))
        champ = self.fields["region"]
        champ.queryset, champ.empty_label = regions.order_by("nom_normalise"), "Choisir"
        siennes = list(champ.queryset[:2])
        if len(siennes) == 1:
            champ.empty_label, self.initial["region"] = None, siennes[0]

    def clean(self):
        donnees = super().clean()
        if donnees.get("genre") == GenreComite.CONSULTATION and donnees.get("lieu"):
            self.add_error("lieu", "Une consultation écrite n'a pas de lieu.")
        return donnees


class FormulairePoint(forms.Form):
    """Whether a project is on the agenda, and where."""

    retenu = forms.BooleanField(label="À l'ordre du jour", required=False)
    rang = ChampEntier(label="Rang", required=False)


class FormulaireDecisionCommune(forms.ModelForm):
    """What the decisions of a committee share: who decided, when, by which act."""

    date = ChampDate(label="Date de la décision")

    class Meta:
        model = Decision
        fields = list(DE_LA_DECISION)
        labels = {"autorite_precision": "Laquelle, si c'est une autre autorité"}
        help_texts = {"autorite": AIDES["autorite"]}

    def __init__(self, *args, comite, **kwargs):
        initial = {"autorite": AutoriteDecision.COMITE_REGIONAL, "date": comite.date}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["autorite"].choices = [("", "Choisir"), *AutoriteDecision.choices]
        self.fields["autorite"].required = True

    def clean(self):
        donnees = super().clean()
        autre = donnees.get("autorite") == AutoriteDecision.AUTRE
        if autre and not donnees.get("autorite_precision"):
            self.add_error("autorite_precision", "Dites quelle autorité a décidé.")
        elif donnees.get("autorite") and not autre and donnees.get("autorite_precision"):
            self.add_error("autorite_precision", "À remplir seulement si c'est une autre autorité.")
        if donnees.get("date") and donnees["date"] > aujourdhui():
            self.add_error("date", "Cette date est à venir : une décision est déjà prise.")
        return donnees

    def _post_clean(self):
        """`comptes.parcours.passer` checks the whole passage, once it is complete."""


class FormulaireDecisionDActualisation(forms.Form):
    """What is decided of changes to an inscribed fiche; nothing by default."""

    issue = forms.ChoiceField(label="Décision", choices=ISSUES_D_ACTUALISATION, required=False)
    motif = forms.CharField(
        label="Motif ou remarque",
        help_text="Le motif est obligatoire pour refuser ; une remarque est facultative.",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    def clean(self):
        donnees = super().clean()
        if not donnees.get("issue"):
            if donnees.get("motif"):
                self.add_error("issue", A_CHOISIR)
        elif PARCOURS_D_ACTUALISATION.transition(donnees["issue"]).motif and not donnees.get("motif"):
            self.add_error("motif", A_MOTIVER)
        return donnees


class FormulaireDecisionDuProjet(forms.Form):
    """What is decided of one project of the agenda; nothing by default."""

    issue = forms.ChoiceField(label="Décision", choices=ISSUES, required=False)
    motif = forms.CharField(
        label="Motif ou remarque",
        help_text="Le motif est obligatoire pour ajourner ou ne pas inscrire ; une remarque est facultative.",
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    condition = forms.CharField(
        label="Condition de la réserve", widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    echeance = ChampDate(label="Échéance de la réserve", required=False)

    def __init__(self, *args, contrats=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.contrats = {contrat.cle: contrat for contrat in contrats}
        if contrats:
            self.fields["contrat"] = forms.ChoiceField(
                label="Contrat où il est inscrit",
                choices=[
                    ("", "Aucun pour l'instant"),
                    *((cle, str(contrat)) for cle, contrat in self.contrats.items()),
                ],
                required=False,
            )

    @property
    def contrat(self):
        return self.contrats.get(self.cleaned_data.get("contrat"))

    def clean(self):
        donnees = super().clean()
        if not donnees.get("issue"):
            if any(donnees.get(nom) for nom in ("condition", "echeance", "motif")):
                self.add_error("issue", A_CHOISIR)
            return donnees
        transition = PARCOURS.transition(donnees["issue"])
        for nom, message in (("condition", "Dites la condition."), ("echeance", "Donnez l'échéance.")):
            if nom in transition.champs and nom not in self.errors and not donnees.get(nom):
                self.add_error(nom, message)
            elif nom not in transition.champs and donnees.get(nom):
                self.add_error(nom, "Une réserve, et elle seule, a une condition et une échéance.")
        if transition.motif and not donnees.get("motif"):
            self.add_error("motif", A_MOTIVER)
        if donnees.get("contrat") and transition.cle not in INSCRIPTIONS:
            self.add_error("contrat", "Seule une inscription nomme un contrat.")
        return donnees
