"""What is opened and shared: the desk of those who steer money, a share, a year of an envelope."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes.acces import aujourdhui, est_administrateur, habilitations
from comptes.methodes import lire_ou_ecrire, lire_seulement
from comptes.parcours import TransitionImpossible, droits
from programme.argent import tableaux
from programme.argent.axes import AXES, PAR_CLE
from programme.argent.bureau import parts, plafonds
from programme.forms.dotations import (
    FormulaireActe,
    FormulaireLieu,
    FormulaireOuverture,
    FormulaireProposition,
    FormulaireReponse,
)
from programme.imports.argent import ImportArgent
from programme.models import (
    Dotation,
    Enveloppe,
    Exercice,
    Financement,
    Mouvement,
    Operateur,
    PropositionDeDotation,
)
from programme.models.dotations import suit_l_argent
from tableurs.pages import PagesEnDeuxTemps
from tableurs.views.acces import envoi, page_demandee
from territoires.models import Region

LIGNES_PAR_PAGE = 50
LU_AVEC = ("projet__territoire", "territoire", "enveloppe")
PREMIERE_ANNEE = 2018
# From a movement, where its share and its region are.
AU_JOURNAL = "dotation__", "financement__region"


class ChoixDuSuivi(forms.Form):
    enveloppe = forms.ModelChoiceField(
        Enveloppe.objects.all(), label="Enveloppe", required=False, empty_label="Toutes", to_field_name="code"
    )
    annee = forms.TypedChoiceField(label="Année", required=False, coerce=int, empty_value=0)
    region = forms.ModelChoiceField(Region.objects.all(), label="Région", required=False, empty_label="Toutes")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        annees = range(aujourdhui().year, PREMIERE_ANNEE - 1, -1)
        self.fields["annee"].choices = [(0, "Toutes"), *((annee, annee) for annee in annees)]

    @property
    def question(self):
        """What the address of the same choice says, ready for more."""
        demandes = (
            {nom: self.data[nom] for nom, valeur in self.cleaned_data.items() if valeur} if self.is_valid() else {}
        )
        return f"{urlencode(demandes)}&" if demandes else ""

    def choisir(self, rangees, dotation="", region="region"):
        """Keep rows that lead to shares by the path `dotation`, and to a region by that one; none of nonsense."""
        if not self.is_valid():
            return rangees.none()
        chemins = {
            "enveloppe": f"{dotation}exercice__enveloppe",
            "annee": f"{dotation}exercice__annee",
            "region": region,
        }
        return rangees.filter(**{chemins[nom]: valeur for nom, valeur in self.cleaned_data.items() if valeur})


@lire_seulement
@never_cache
def suivi(request):
    if not suit_l_argent(request.user):
        raise PermissionDenied
    # This year's, unless another is asked for.
    choix = ChoixDuSuivi({"annee": aujourdhui().year, **request.GET.dict()})
    axe = PAR_CLE.get(request.GET.get("par"))
    contexte = {
        "fil_ariane": [("Enveloppes", "")],
        "choix": choix,
        "axe": axe,
        "axes": AXES,
        "question": choix.question,
        "annee": aujourdhui().year,
        "enveloppes": Enveloppe.objects.all(),
        "rapproche": any(une.voit_tout or isinstance(une, Operateur) for une in habilitations(request.user)),
        "saisit": Financement.objects.saisissent_hors_fiche(request.user),
        "importe": ImportArgent.cle if ImportArgent.ouverte_a(request.user) else "",
        **(_par_axe(request.user, choix, axe) if axe else _par_part(request, choix)),
    }
    return render(request, "programme/suivi_financier.html", contexte)


def _par_part(request, choix):
    """Return each share that is asked for, and what it carries: one page of them."""
    dotations = choix.choisir(Dotation.objects.visibles_par(request.user))
    dotations = dotations.order_by("-exercice__annee", "exercice__enveloppe__ordre", "region__nom", "territoire__nom")
    page = page_demandee(request, Paginator(dotations, LIGNES_PAR_PAGE))
    cles = [dotation.pk for dotation in page]
    lues = {part.dotation.pk: part for part in parts(Dotation.objects.filter(pk__in=cles))}
    return {"page": page, "parts": [lues[cle] for cle in cles]}


def _par_axe(personne, choix, axe):
    """Return the sums of what the reader sees, by an axis, beside what is shared that way."""
    mouvements = tableaux.du_programme(Mouvement.objects.visibles_par(personne))
    fixes = plafonds(choix.choisir(Dotation.objects.visibles_par(personne)), axe)
    lignes = tableaux.lignes(choix.choisir(mouvements, *AU_JOURNAL), axe, fixes)
    return {"lignes": [(ligne, fixes.get(ligne.cle)) for ligne in lignes], "somme": tableaux.totaliser(lignes)}


@lire_seulement
@never_cache
def fiche(request, cle):
    dotation = _dotation_ou_404(request, cle)
    part, *des_territoires = parts(_avec_ses_parts(dotation))
    lignes = Financement.objects.visibles_par(request.user).filter(dotation=dotation)
    contexte = {
        "fil_ariane": _fil_ariane(dotation.exercice, str(dotation.lieu)),
        "dotation": dotation,
        "part": part,
        "actes": dotation.actes.select_related("saisi_par"),
        "territoires": des_territoires,
        "page": page_demandee(
            request, PagesEnDeuxTemps(lignes.order_by("-etat_depuis", "-pk"), LIGNES_PAR_PAGE, LU_AVEC)
        ),
        "peut_fixer": dotation.modifiables_par,
    }
    return render(request, "programme/dotation_fiche.html", contexte)


def _avec_ses_parts(dotation):
    """Return a share, then those of its territories when it is a region's."""
    elle = Q(pk=dotation.pk)
    if dotation.region_id and not dotation.territoire_id:
        elle |= Q(exercice=dotation.exercice, region=dotation.region, territoire__isnull=False)
    return Dotation.objects.filter(elle).order_by(F("territoire__nom").asc(nulls_first=True))


@lire_ou_ecrire
@never_cache
def fixer(request, cle):
    dotation = _dotation_ou_404(request, cle)
    if not dotation.modifiables_par:
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireActe(donnees, dotation=dotation, personne=request.user)
    if reponse := _enregistrer(request, formulaire, lambda obtenue: obtenue):
        return reponse
    return _formulaire(request, dotation.exercice, f"Fixer l'enveloppe : {dotation.lieu}", [formulaire], dotation)


@lire_seulement
@never_cache
def exercice(request, code, annee):
    """A year of an envelope. Nothing is written by looking at a year that nobody opened yet."""
    if not suit_l_argent(request.user):
        raise PermissionDenied
    lu = _exercice(code, annee)
    dotations = Dotation.objects.visibles_par(request.user).filter(exercice=lu.pk or 0)
    propositions = PropositionDeDotation.objects.visibles_par(request.user).filter(exercice=lu.pk or 0)
    decidables = PropositionDeDotation.objects.decidables_par(request.user).values_list("pk", flat=True)
    contexte = {
        "fil_ariane": [*_fil_ariane(lu)[:-2], (str(lu), "")],
        "exercice": lu,
        "ouvertures": lu.ouvertures.select_related("saisie_par") if lu.pk else [],
        "parts": parts(dotations.order_by("region__nom", "territoire__nom")),
        "propositions": propositions.select_related("region", "proposee_par", "decidee_par"),
        "decidables": set(decidables),
        "peut_ouvrir": est_administrateur(request.user),
        "peut_proposer": PropositionDeDotation.objects.ajoutables_par(request.user),
        "peut_repartir": _peut_repartir(request.user, lu),
    }
    return render(request, "programme/exercice_fiche.html", contexte)


@lire_ou_ecrire
@never_cache
def ouvrir(request, code, annee):
    if not est_administrateur(request.user):
        raise PermissionDenied
    lu = _exercice(code, annee, ecrire=request.method == "POST")
    donnees, _ = envoi(request)
    formulaire = FormulaireOuverture(donnees, exercice=lu, personne=request.user)
    if reponse := _enregistrer(request, formulaire, lambda _: _adresse(lu)):
        return reponse
    return _formulaire(request, lu, "Enregistrer une ouverture de crédits", [formulaire])


@lire_ou_ecrire
@never_cache
def repartir(request, code, annee):
    """Give a region, or a territory, its share."""
    lu = _exercice(code, annee, ecrire=request.method == "POST")
    if not _peut_repartir(request.user, lu):
        raise PermissionDenied
    donnees, _ = envoi(request)
    lieu = FormulaireLieu(donnees, exercice=lu, personne=request.user)
    valide = lieu.is_bound and lieu.is_valid()
    dotation = lieu.dotation if valide else Dotation(exercice=lu)
    acte = FormulaireActe(donnees, dotation=dotation, personne=request.user)
    if valide and (reponse := _enregistrer(request, acte, lambda obtenue: obtenue)):
        return reponse
    return _formulaire(request, lu, "Répartir", [lieu, acte])


@lire_ou_ecrire
@never_cache
def proposer(request, code, annee):
    if not PropositionDeDotation.objects.ajoutables_par(request.user):
        raise PermissionDenied
    lu = _exercice(code, annee, ecrire=request.method == "POST")
    donnees, _ = envoi(request)
    formulaire = FormulaireProposition(donnees, exercice=lu, personne=request.user)
    if reponse := _enregistrer(request, formulaire, lambda _: _adresse(lu)):
        return reponse
    return _formulaire(request, lu, "Proposer une enveloppe pour la région", [formulaire])


@lire_ou_ecrire
@never_cache
def decider(request, cle):
    """Accept what a region proposes, as an act says, or refuse it with a reason."""
    visibles = PropositionDeDotation.objects.visibles_par(request.user)
    lue = get_object_or_404(visibles.select_related("exercice__enveloppe", "region", "proposee_par"), cle=cle)
    if not PropositionDeDotation.objects.decidables_par(request.user).filter(pk=lue.pk).exists():
        raise PermissionDenied
    donnees, _ = envoi(request)
    formulaire = FormulaireReponse(donnees, proposition=lue, personne=request.user)
    if reponse := _enregistrer(request, formulaire, lambda _: _adresse(lue.exercice)):
        return reponse
    contexte = {
        "fil_ariane": _fil_ariane(lue.exercice, "Répondre à la région"),
        "exercice": lue.exercice,
        "proposition": lue,
        "formulaires": [formulaire],
        "titre": "Répondre à la région",
    }
    return render(request, "programme/dotation_formulaire.html", contexte)


def _enregistrer(request, formulaire, vers):
    """Return where to go once it is written; None when something is to be corrected, then said by the form."""
    if not (formulaire.is_bound and formulaire.is_valid()):
        return None
    try:
        obtenu = formulaire.save()
    except ValidationError as erreur:
        formulaire._update_errors(erreur)
    except TransitionImpossible as refus:
        formulaire.add_error(None, str(refus))
    else:
        messages.success(request, "C'est enregistré.")
        return redirect(vers(obtenu))
    return None


def _formulaire(request, lu, titre, formulaires, dotation=None):
    contexte = {
        "fil_ariane": _fil_ariane(lu, titre),
        "exercice": lu,
        "dotation": dotation,
        "formulaires": formulaires,
        "titre": titre,
    }
    return render(request, "programme/dotation_formulaire.html", contexte)


def _exercice(code, annee, ecrire=False):
    enveloppe = get_object_or_404(Enveloppe, code=code)
    if not PREMIERE_ANNEE <= annee <= aujourdhui().year + 5:
        raise Http404("Année inconnue")
    if ecrire:
        return Exercice.objects.get_or_create(enveloppe=enveloppe, annee=annee)[0]
    lu = Exercice.objects.select_related("enveloppe").filter(enveloppe=enveloppe, annee=annee).first()
    return lu or Exercice(enveloppe=enveloppe, annee=annee)


def _peut_repartir(personne, lu):
    """Tell whether a person may set a share of that year: some or all, `plafonds.fixer` says which."""
    return Dotation.objects.repartissables_par(personne, lu.enveloppe)


def _dotation_ou_404(request, cle):
    """Return a share that the reader sees, which knows whether they set it (`modifiables_par`)."""
    visibles = Dotation.objects.visibles_par(request.user).annotate(
        **droits(Dotation, request.user, ["modifiables_par"])
    )
    return get_object_or_404(visibles.select_related("exercice__enveloppe__region", "region", "territoire"), cle=cle)


def _adresse(lu):
    return reverse("exercice", args=[lu.enveloppe.code, lu.annee])


def _fil_ariane(lu, titre=""):
    return [
        ("Enveloppes", reverse("suivi_financier")),
        (str(lu), _adresse(lu)),
        (titre, ""),
    ]
