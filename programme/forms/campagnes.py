"""Opening a campaign; answering its rows, one by one on the grid, or pasted from a spreadsheet."""

import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from dsfr.forms import DsfrBaseForm

from comptes.acces import aujourdhui, habilitations
from programme.campagnes import Reponse, a_redire
from programme.champs_de_saisie import Cases, ChampDate
from programme.enums import Meteo
from programme.models import Campagne
from programme.models.campagnes import FIN_AVANT_DEBUT, JOUR_PASSE, RAPPELS
from tableurs.francais import INSECABLE, pluriel
from tableurs.typographie import typographier
from territoires.models import Region, regions_decidees_par

PARTOUT = "toutes"
LIGNES_PAR_PAGE = 50
COLLAGE_MAX = 200_000


class FormulaireCalendrier(DsfrBaseForm, forms.ModelForm):
    """What may still change of a campaign: its end, its reminders. `programme.campagnes.recaler` writes them."""

    au = ChampDate(label="Dernier jour", help_text="Ce jour compris, jusqu'à 23 h 59, heure de Paris.")
    rappels = forms.TypedMultipleChoiceField(
        label="Rappels par courriel",
        coerce=int,
        required=False,
        widget=Cases,
        choices=[(jours, f"{jours}{INSECABLE}{pluriel(jours, 'jour')} avant la fin") for jours in RAPPELS],
        help_text="À qui il reste des réponses à donner ce jour-là.",
    )

    class Meta:
        model = Campagne
        fields = ["au", "rappels"]

    def clean_au(self):
        au = self.cleaned_data["au"]
        if au < aujourdhui():
            raise ValidationError(JOUR_PASSE)
        if self.instance.pk and au < self.instance.du:
            raise ValidationError(FIN_AVANT_DEBUT)
        return au


class FormulaireCampagne(FormulaireCalendrier):
    field_order = ["titre", "du", "au", "rappels", "regions"]

    du = ChampDate(label="Premier jour", initial=aujourdhui, help_text="Les projets suivis ce jour-là sont retenus.")
    regions = forms.MultipleChoiceField(label="Régions", widget=Cases, help_text="Celles qui pilotent les territoires.")

    class Meta:
        model = Campagne
        fields = ["titre", "du", "au", "rappels"]

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.personne = personne
        self.nationale = any(habilitation.tient_la_reference for habilitation in habilitations(personne))
        permises = Region.objects.all()
        if not self.nationale:
            permises = permises.filter(pk__in=regions_decidees_par(personne))
        choix = list(permises.order_by("nom_normalise").values_list("pk", "nom"))
        if self.nationale:
            choix.insert(0, (PARTOUT, "Toutes les régions"))
            self.fields["regions"].initial = [PARTOUT]
        self.fields["regions"].choices = choix
        self.fields["rappels"].initial = [7, 1]
        if len(choix) == 1:
            self.fields["regions"].initial = [choix[0][0]]

    def clean_regions(self):
        regions = self.cleaned_data["regions"]
        if not self.nationale and len(regions) > 1:
            raise ValidationError("Ouvrez une campagne par région.")
        return regions

    def save(self):
        campagne, regions = self.instance, self.cleaned_data["regions"]
        campagne.ouverte_par, campagne.nationale = self.personne, self.nationale
        campagne.toutes_les_regions = PARTOUT in regions
        campagne.save()
        if not campagne.toutes_les_regions:
            campagne.regions.set(regions)
        return campagne


class FormulairePoint(forms.Form):
    """A row of the grid. `point` knows `avant_meteo` and `avant_texte`; `lu` tells what the page showed."""

    meteo = forms.ChoiceField(required=False, choices=[("", "Choisir"), *Meteo.choices])
    texte = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)
    lu = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, point, rien=False, **kwargs):
        self.point, self.rien, self.a_change = point, rien, False
        initial = {"meteo": point.meteo, "texte": point.texte, "version": point.version}
        initial["lu"] = empreinte(point.meteo, point.texte)
        super().__init__(*args, prefix=point.projet.cle, initial=initial, **kwargs)
        nom = point.projet.numero or point.projet.titre
        for champ, mots, classe in (("meteo", "Météo", "fr-select"), ("texte", "Ce qui s'est passé", "fr-input")):
            self.fields[champ].label = f"{mots}, {nom}"
            self.fields[champ].widget.attrs.update({"class": classe, "aria-label": self.fields[champ].label})

    def clean_texte(self):
        return self.cleaned_data["texte"].replace("\r\n", "\n").strip()

    def clean(self):
        donnees = super().clean()
        if self.errors:
            return donnees
        dit = empreinte(donnees["meteo"], donnees["texte"])
        # A row left as it was shown says nothing, whatever became of it since.
        self.a_change = self.rien or dit not in (donnees["lu"], empreinte(self.point.meteo, self.point.texte))
        if not self.a_change:
            return donnees
        if donnees["version"] != self.point.version:
            self.dire_qui_a_repondu()
        elif self.rien and not self.point.avant_meteo:
            self.add_error("meteo", "Ce projet n'a pas encore de météo : choisissez-la.")
        elif self.rien:
            donnees |= {"meteo": self.point.avant_meteo, "texte": self.point.avant_texte}
        else:
            for champ, message in a_redire(donnees["meteo"], donnees["texte"]).items():
                self.add_error(champ, message)
        return donnees

    def dire_qui_a_repondu(self):
        """What is shown next was seen: sent again, it is a choice."""
        point, self.data = self.point, self.data.copy()
        self.data[self.add_prefix("version")] = point.version
        texte = f" « {point.texte} »" if point.texte else ""
        instant = timezone.localtime(point.saisi_le)
        self.add_error(
            "texte",
            typographier(
                f"{point.saisi_par} a répondu entre-temps, à {instant:%H} h {instant:%M} : "
                f"{point.get_meteo_display()}.{texte} Enregistrez de nouveau pour mettre votre réponse à la place."
            ),
        )

    @property
    def libelle_d_avant(self):
        return Meteo(self.point.avant_meteo).label if self.point.avant_meteo else ""

    def reponse(self):
        donnees = self.cleaned_data
        return Reponse(self.point.pk, self.point.version, donnees["meteo"], donnees["texte"], self.rien)


def empreinte(meteo, texte):
    """Return what tells whether a row is left as the page showed it."""
    return hashlib.sha256(f"{meteo}\n{texte}".encode()).hexdigest()[:16]


class FormulaireEnvoi(forms.Form):
    """Which rows the page held, whatever its list has become; and of which the button « Rien de nouveau » was."""

    ligne = forms.MultipleChoiceField(required=False)
    rien = forms.CharField(required=False, max_length=10)

    def __init__(self, data):
        super().__init__(data)
        envoyees = data.getlist("ligne")[:LIGNES_PAR_PAGE]
        self.fields["ligne"].choices = [(cle, cle) for cle in envoyees]


class FormulaireCollage(DsfrBaseForm):
    lignes = forms.CharField(
        label="Lignes copiées",
        max_length=COLLAGE_MAX,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="Trois colonnes : le numéro du projet, sa météo (bon, à surveiller, bloqué), ce qui s'est passé.",
    )
