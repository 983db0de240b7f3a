"""Perimeter requests: what is asked, who deliberated, the region's opinion, the day of the entry."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from comptes.acces import aujourdhui
from programme.champs_de_saisie import ChampDate
from programme.enums import AutoriteDecision, EtatDemande, SensAvis, SensDePerimetre
from programme.forms.pieces import ChampPiece
from programme.models import Comite, DeliberationDePerimetre, DemandeDePerimetre, PassageDePerimetre
from programme.models.perimetres import territoires_demandeurs
from territoires.models import Collectivite, Departement, Rattachement, Territoire, inscriptions_actuelles

_CODE = re.compile(r"(?<!\d)(\d{9})(?!\d)")
# « 200 012 345 »
_SEPARATEURS = re.compile(r"(\d)[\s.]+(?=\d)")
EN_DOUBLE = "Une demande sur cette intercommunalité est déjà ouverte pour ce territoire."


def groupements_autour(territoire):
    """Return today's groups of communes in the regions of a territory, by name."""
    siennes = inscriptions_actuelles().filter(territoire=territoire)
    regions = Q(region__in=siennes.values("region")) | Q(region__in=siennes.values("perimetre__regions"))
    communes = Collectivite.objects.filter(departement__in=Departement.objects.filter(regions).values("pk"))
    rattaches = Rattachement.objects.filter(commune__in=communes.values("pk"), au=None)
    return Collectivite.objects.groupements().actuelles().filter(pk__in=rattaches.values("groupement")).order_by("nom")


def membres_de(territoire):
    """Return the members of a territory in its latest list."""
    inscriptions = inscriptions_actuelles().filter(territoire=territoire)
    return Collectivite.objects.filter(compositions__inscription__in=inscriptions.values("pk"), compositions__au=None)


class ChoixDuTerritoire(forms.Form):
    territoire = forms.ModelChoiceField(
        Territoire.objects.none(),
        to_field_name="slug",
        label="Territoire",
        empty_label="Choisir",
        error_messages={
            "invalid_choice": "Vous ne demandez rien pour ce territoire : son équipe et sa région le font."
        },
    )

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["territoire"].queryset = Territoire.objects.filter(territoires_demandeurs(personne)).order_by("nom")


class ChampGroupement(forms.CharField):
    """A group of communes: its name, as the browser proposes it under the field, or its SIREN."""

    widget = forms.TextInput(attrs={"list": "propositions", "autocomplete": "off"})

    def prepare_value(self, value):
        return nommer(value) if isinstance(value, Collectivite) else value

    def clean(self, value):
        texte = super().clean(value)
        groupements = Collectivite.objects.groupements()
        if code := _CODE.search(_SEPARATEURS.sub(r"\1", texte)):
            trouves = groupements.filter(pk=code[1])
        else:
            trouves = groupements.actuelles().filter(nom__iexact=texte.strip())
        trouves = list(trouves[:2])
        if not trouves:
            raise ValidationError("Cette intercommunalité n'est pas connue : écrivez son nom entier, ou son SIREN.")
        if len(trouves) > 1:
            raise ValidationError("Plusieurs intercommunalités portent ce nom : écrivez son SIREN.")
        return trouves[0]


def nommer(collectivite):
    return f"{collectivite.nom} ({collectivite.code})"


class FormulaireDemande(forms.ModelForm):
    collectivite = ChampGroupement(
        label="Intercommunalité", help_text="Son nom, tel qu'il est proposé, ou son SIREN (neuf chiffres)."
    )

    class Meta:
        model = DemandeDePerimetre
        fields = ["sens", "collectivite", "raison"]
        widgets = {"raison": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"raison": "Pourquoi le périmètre doit changer. La région et l'équipe nationale la lisent."}

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        demande = self.instance
        if demande._state.adding:
            demande.saisi_par = personne
        else:
            self.initial["collectivite"] = demande.collectivite
        self.fields["sens"].label = "Changement demandé"
        self.fields["sens"].choices = [
            ("", "Choisir"),
            ("entree", "Une intercommunalité entre dans le territoire"),
            ("sortie", "Une intercommunalité en sort"),
        ]
        self.propositions = [nommer(une) for une in groupements_autour(demande.territoire_id)]

    def clean(self):
        donnees = super().clean()
        sens, collectivite = donnees.get("sens"), donnees.get("collectivite")
        if not (sens and collectivite):
            return donnees
        membre = membres_de(self.instance.territoire_id).filter(pk=collectivite.pk).exists()
        if sens == SensDePerimetre.SORTIE and not membre:
            self.add_error("collectivite", f"{collectivite.nom} n'est pas membre de ce territoire : rien n'en sort.")
        if sens == SensDePerimetre.ENTREE and membre:
            self.add_error("collectivite", f"{collectivite.nom} est déjà membre de ce territoire.")
        ouvertes = DemandeDePerimetre.objects.filter(
            territoire=self.instance.territoire_id, collectivite=collectivite, etat__in=EtatDemande.ouverts()
        )
        if ouvertes.exclude(pk=self.instance.pk).exists():
            self.add_error("collectivite", EN_DOUBLE)
        return donnees


class FormulaireDeliberation(forms.ModelForm):
    collectivite = ChampGroupement(
        label="Intercommunalité qui délibère", help_text="Celle qui entre ou sort, et celles du territoire."
    )
    date = ChampDate(label="Date de la délibération")
    fichier = ChampPiece(label="Délibération signée (facultatif)", required=False)

    class Meta:
        model = DeliberationDePerimetre
        fields = ["collectivite", "numero", "date"]

    field_order = ["collectivite", "numero", "date", "fichier"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        demande = self.instance.demande
        concernees = [demande.collectivite, *membres_de(demande.territoire_id).exclude(pk=demande.collectivite_id)]
        self.concernees = {une.pk for une in concernees}
        self.propositions = [nommer(une) for une in concernees]
        self.initial["collectivite"] = None if demande.deliberations.exists() else demande.collectivite

    def clean_date(self):
        if self.cleaned_data["date"] > aujourdhui():
            raise ValidationError("Cette date est à venir : une délibération est déjà prise.")
        return self.cleaned_data["date"]

    def clean_collectivite(self):
        collectivite = self.cleaned_data["collectivite"]
        if collectivite.pk not in self.concernees:
            raise ValidationError("Cette intercommunalité n'est ni celle de la demande, ni membre du territoire.")
        return collectivite

    @property
    def type_de_piece(self):
        return self.fields["fichier"].type_de_piece


class FormulaireDocument(forms.Form):
    fichier = ChampPiece(label="Document signé")

    @property
    def type_de_piece(self):
        return self.fields["fichier"].type_de_piece


class ParCle(forms.ModelChoiceField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "to_field_name": "cle"})


class FormulaireEtape(forms.ModelForm):
    """For one transition: only the fields that it asks, and the reason, which is always welcome."""

    date = ChampDate(label="Date de l'avis")
    effet_le = ChampDate(
        label="À compter du", help_text="Premier jour où les membres changent ; aujourd'hui, avant ou plus tard."
    )

    class Meta:
        model = PassageDePerimetre
        fields = ["avis", "autorite", "comite", "date", "acte", "motif"]
        field_classes = {"comite": ParCle}
        widgets = {"motif": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"autorite": "Celle qui a rendu l'avis, pas la personne qui le saisit."}

    field_order = ["avis", "autorite", "comite", "date", "acte", "effet_le", "motif"]

    def __init__(self, *args, transition, demande, personne, **kwargs):
        super().__init__(*args, **kwargs)
        garde = {"motif"}
        if transition.decision:
            garde |= {"avis", "autorite", "date", "acte"}
            tenus = Comite.objects.tenus_par(personne).filter(
                date__lte=aujourdhui(),
                region__in=inscriptions_actuelles().filter(territoire=demande.territoire_id).values("region"),
            )
            if tenus.exists():
                garde |= {"comite"}
                self.fields["comite"].queryset, self.fields["comite"].empty_label = tenus, "Hors comité"
            self.fields["avis"].required = self.fields["autorite"].required = True
            self.fields["avis"].choices = [("", "Choisir"), *SensAvis.choices]
            self.fields["autorite"].choices = [
                ("", "Choisir"),
                *((une.value, une.label) for une in AutoriteDecision.sur_un_perimetre()),
            ]
            self.fields["date"].initial = aujourdhui()
            self.fields["motif"].label = "Motif"
            self.fields["motif"].help_text = "Obligatoire si l'avis est réservé ou défavorable."
        if transition.cle == "inscrire":
            garde |= {"effet_le"}
            self.fields["effet_le"].initial = aujourdhui()
        for nom in [nom for nom in self.fields if nom not in garde]:
            del self.fields[nom]
        self.fields["motif"].required = transition.motif
        if not (transition.motif or transition.decision):
            self.fields["motif"].label = "Remarque (facultative)"

    def _post_clean(self):
        """`comptes.parcours.passer` checks the whole passage, once it is complete."""

    def ajouter_les_erreurs(self, erreur):
        """Show, at their fields, what `passer` refused."""
        par_champ = erreur.error_dict if hasattr(erreur, "error_dict") else {None: erreur}
        for nom, erreurs in par_champ.items():
            self.add_error(nom if nom in self.fields else None, erreurs)
