"""Forms of the room: what is checked before the members of a territory are written."""

from collections import defaultdict

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from tableurs.francais import enumeration, jour
from tableurs.typographie import typographier
from territoires.models import Collectivite, Inscription, Liste, Rattachement, Territoire
from territoires.perimetres import communes_au

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
        titulaires = {
            code: inscription
            for inscription, codes in communes_au(liste).items()
            if inscription != self.instance.pk
            for code in codes
        }
        par_qui = {}
        for formulaire, membre in membres.items():
            if not communes[membre.pk] and formulaire.has_changed():
                formulaire.add_error("collectivite", _sans_commune(membre, liste))
            partagees = communes[membre.pk] & titulaires.keys()
            if partagees:
                autres = Inscription.objects.filter(pk__in={titulaires[code] for code in partagees})
                formulaire.add_error("collectivite", _phrase(partagees, autres))
            for code in communes[membre.pk]:
                if code in par_qui:
                    formulaire.add_error(
                        "collectivite",
                        typographier(
                            f"{_noms({code})} est déjà dans ce territoire par {par_qui[code].nom} : "
                            "retirez l'un des deux membres."
                        ),
                    )
                    break
                par_qui[code] = membre


def communes_des_membres(membres, liste):
    """Return {member code: codes of its communes at the list's date}; none for what did not exist then."""
    communes = {
        membre.pk: {membre.pk} if membre.est_commune and _existait(membre, liste.date) else set() for membre in membres
    }
    rattachements = Rattachement.objects.filter(
        Q(du=None) | Q(du__lte=liste.date),
        Q(au=None) | Q(au__gte=liste.date),
        groupement__in=[membre.pk for membre in membres if not membre.est_commune],
    )
    for commune, groupement in rattachements.values_list("commune", "groupement"):
        communes[groupement].add(commune)
    return communes


def contradictions(liste):
    """Return one sentence for each pair of territories of a list that claim the same communes."""
    titulaires, partages = {}, defaultdict(set)
    for inscription, codes in communes_au(liste).items():
        for code in codes:
            if code in titulaires:
                partages[(titulaires[code], inscription)].add(code)
            titulaires.setdefault(code, inscription)
    noms = Inscription.objects.in_bulk({cle for paire in partages for cle in paire})
    return [_phrase(codes, [noms[premiere], noms[seconde]]) for (premiere, seconde), codes in sorted(partages.items())]


def _est_actuel(donnees):
    aujourdhui = timezone.localdate()
    return (donnees["du"] is None or donnees["du"] <= aujourdhui) and (
        donnees["au"] is None or donnees["au"] >= aujourdhui
    )


def _existait(collectivite, le):
    return (collectivite.du is None or collectivite.du <= le) and (collectivite.au is None or collectivite.au >= le)


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


def _sans_commune(membre, liste):
    quoi = "n'existait pas" if membre.est_commune else "n'avait aucune commune"
    return typographier(
        f"{membre.nom} {quoi} à la date de la liste ({jour(liste.date)}), à laquelle ses membres sont lus : "
        "choisissez ce qu'il y avait alors à sa place."
    )
