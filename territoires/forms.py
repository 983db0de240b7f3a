"""Forms of the room: what is checked before the members of a territory are written."""

from collections import defaultdict

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from tableurs.francais import enumeration, jour
from tableurs.typographie import typographier
from territoires.models import Collectivite, Inscription, Liste, Rattachement, Territoire
from territoires.perimetres import communes_membres
from territoires.terres import Terres

NOMS_CITES = 5


class FormulaireListe(forms.ModelForm):
    class Meta:
        model = Liste
        fields = ["slug", "titre", "date", "precision", "phase", "source"]

    def clean_date(self):
        """The members of a list are expanded as of its date: with another one, they must still not overlap."""
        date = self.cleaned_data["date"]
        if self.instance.pk and date != self.instance.date:
            phrases = contradictions(Liste(pk=self.instance.pk, date=date))
            if phrases:
                raise ValidationError(phrases)
        return date


class FormulaireInscription(forms.ModelForm):
    class Meta:
        model = Inscription
        fields = ["liste", "territoire", "code", "nom", "region", "regions", "fiabilite", "source"]

    def clean(self):
        donnees = super().clean()
        liste = donnees.get("liste") or getattr(self.instance, "liste", None)
        territoire = donnees.get("territoire")
        if liste and territoire and territoire.phase_id != liste.phase_id:
            self.add_error(
                "territoire",
                typographier(
                    f"Ce territoire est d'une autre phase que la liste (« {liste.phase} ») : "
                    "choisissez ou ajoutez celui de cette phase."
                ),
            )
        return donnees


class FormulaireTerritoire(forms.ModelForm):
    class Meta:
        model = Territoire
        fields = ["phase", "code", "nom"]


class FormulaireMembre(forms.ModelForm):
    """A member is closed (« jusqu'au ») or deleted and another added, never replaced: the history stays readable."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "collectivite" in self.fields:
            champ = self.fields["collectivite"]
            champ.disabled = True
            # Shown without asking the database for each row.
            champ.widget = forms.Select(choices=[(self.instance.collectivite_id, str(self.instance.collectivite))])


class FormulairesMembres(forms.BaseInlineFormSet):
    """The members of a territory in a list. Refuses what the constraints of the database would, but in words."""

    def clean(self):
        super().clean()
        if any(self.errors) or not self.instance.liste_id:
            return
        formulaires = [
            formulaire
            for formulaire in self.forms
            if formulaire.cleaned_data.get("collectivite") and formulaire not in self.deleted_forms
        ]
        self._refuser_doublons(formulaires)
        if any(self.errors):
            return
        actuels = [formulaire for formulaire in formulaires if _est_actuel(formulaire.cleaned_data)]
        if not actuels:
            raise ValidationError("Un territoire a au moins un membre aujourd'hui.")
        if self.has_changed() or self.instance._state.adding:
            self._refuser_chevauchements(actuels)

    def _refuser_doublons(self, formulaires):
        deja = set()
        for formulaire in formulaires:
            if formulaire.cleaned_data["au"] is None:
                code = formulaire.cleaned_data["collectivite"].pk
                if code in deja:
                    formulaire.add_error("collectivite", "Cette collectivité est déjà dans la liste ci-dessus.")
                deja.add(code)

    def _refuser_chevauchements(self, formulaires):
        # Two people changing territories of one list take turns: the second sees what the first wrote.
        liste = Liste.objects.select_for_update().get(pk=self.instance.liste_id)
        membres = {formulaire: formulaire.cleaned_data["collectivite"] for formulaire in formulaires}
        communes = communes_des_membres(membres.values(), liste)
        terres = Terres(liste)
        titulaires = {
            terre: inscription
            for inscription, jours in communes_membres(liste).items()
            if inscription != self.instance.pk
            for terre in terres.de(jours)
        }
        par_qui = {}
        for formulaire, membre in membres.items():
            siennes = terres.de(communes[membre.pk])
            if not siennes and formulaire.has_changed():
                formulaire.add_error("collectivite", sans_commune(membre, liste))
            if prises := siennes & titulaires.keys():
                autres = Inscription.objects.filter(pk__in={titulaires[terre] for terre in prises})
                formulaire.add_error("collectivite", _phrase(prises, autres))
            if doubles := siennes & par_qui.keys():
                autre = par_qui[min(doubles)]
                formulaire.add_error(
                    "collectivite",
                    typographier(
                        f"{_noms(doubles)} : déjà dans ce territoire par {autre.nom}, retirez l'un des deux membres."
                    ),
                )
            par_qui.update(dict.fromkeys(siennes, membre))


def communes_des_membres(membres, liste):
    """Return {member code: {commune code: day at which it existed}}, as `perimetres.communes_membres` expands them."""
    communes, jours = {}, {}
    for membre in membres:
        jour = jours[membre.pk] = max(liste.date, membre.du or liste.date)
        existe = membre.au is None or membre.au >= jour
        communes[membre.pk] = {membre.pk: jour} if membre.est_commune and existe else {}
    groupements = [membre.pk for membre in membres if not membre.est_commune]
    for rattachement in Rattachement.objects.filter(groupement__in=groupements):
        jour = jours[rattachement.groupement_id]
        if (rattachement.du or jour) <= jour <= (rattachement.au or jour):
            communes[rattachement.groupement_id][rattachement.commune_id] = jour
    return communes


def contradictions(liste, le=None):
    """Return one sentence for each pair of territories of a list that claim the same communes, on a day (today)."""
    terres, titulaires, partages = Terres(liste), {}, defaultdict(set)
    for inscription, jours in sorted(communes_membres(liste, le).items()):
        for terre in terres.de(jours):
            if terre in titulaires:
                partages[(titulaires[terre], inscription)].add(terre)
            titulaires.setdefault(terre, inscription)
    noms = Inscription.objects.in_bulk({cle for paire in partages for cle in paire})
    return [_phrase(codes, [noms[premiere], noms[seconde]]) for (premiere, seconde), codes in sorted(partages.items())]


def _est_actuel(donnees):
    aujourdhui = timezone.localdate()
    return (donnees["du"] is None or donnees["du"] <= aujourdhui) and (
        donnees["au"] is None or donnees["au"] >= aujourdhui
    )


def _phrase(codes, inscriptions):
    verbe = "est déjà dans" if len(codes) == 1 else "sont déjà dans"
    ou = enumeration(f"« {inscription} »" for inscription in inscriptions)
    return typographier(f"{_noms(codes)} {verbe} {ou} : une commune n'est que dans un territoire d'une même liste.")


def _noms(codes):
    noms = sorted(Collectivite.objects.filter(pk__in=codes).values_list("nom", flat=True))
    if len(noms) > NOMS_CITES:
        reste = len(noms) - NOMS_CITES + 1
        noms = [*noms[: NOMS_CITES - 1], f"{reste} autres communes"]
    return enumeration(noms)


def sans_commune(membre, liste):
    return typographier(
        f"{membre.nom} n'a aucune commune à la date de la liste ({jour(liste.date)}), à laquelle ses membres sont "
        "lus : choisissez ce qui l'a remplacé, ou ce qu'il y avait alors à sa place."
    )
