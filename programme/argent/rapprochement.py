"""What an operator's file says, counted on the line that it is about: by itself, or by somebody's choice.

Everything is recorded by `enregistrer_un_fait`. What can't be says why and waits in *À rapprocher*.
"""

import hashlib
from contextlib import suppress

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.parcours import TransitionImpossible
from programme.argent import demandes
from programme.argent.ecritures import verrouiller, verrouiller_par_cle
from programme.argent.enums import EtatFinancement, Financeur, GenreVersement
from programme.argent.faits import enregistrer_un_fait
from programme.models import Dotation, Ecart, Enveloppe, FaitImporte, Financement, Mouvement
from tableurs.colonnes import nom_compare
from tableurs.francais import jour
from tableurs.francais import montant as en_euros
from tableurs.typographie import typographier

VERSEMENTS = ("verser", "solder")
ATTRIBUTIONS = ("attribuer", "augmenter")
DEJA_REGLE = "Quelqu'un l'a déjà rapproché ou écarté."


class DejaEnregistre(TransitionImpossible):
    """It is counted already, under another number: it would be paid twice."""


# --- What tells cases and facts apart


def cle_de_dossier(numero):
    """Return a dossier number as it is compared: spreadsheets take its zeros and its spaces away."""
    return "".join(numero.split()).upper().lstrip("0")


def repere_de(dossier, acte, siret, annee):
    """Return what tells a case: its dossier, else its act, SIRET and year; "" when a row gives neither."""
    if dossier:
        return f"dossier {cle_de_dossier(dossier)}"
    return f"acte {cle_d_acte(acte, siret, annee)}" if acte and siret and annee else ""


def cle_d_acte(acte, siret, annee):
    return f"{nom_compare(acte)[:150]} {siret} {annee}"


def empreinte_de(*parties):
    """Return what tells a fact for ever: the same row, read again, gives the same."""
    return hashlib.sha256("\n".join(map(str, parties)).encode()).hexdigest()


# --- Which share an award draws on


def dotation_de(financement, annee):
    """Return the share that an award draws on unless its line already does: of its region, else of the nation."""
    if not financement.enveloppe_id or financement.porte:
        return None
    parts = Dotation.objects.filter(
        exercice__enveloppe=financement.enveloppe_id, exercice__annee=annee, territoire=None
    ).select_related("exercice")
    par_region = {part.region_id: part for part in parts}
    return par_region.get(financement.region_id) or par_region.get(None)


def sans_dotation(annee):
    return f"Aucune enveloppe régionale de {annee} ne peut porter cette attribution."


# --- Counting


def ordre(fait):
    """Awards first, then payments by their day, the closing one last: as they were done."""
    return fait.est_un_versement, fait.date, fait.genre_versement == GenreVersement.SOLDE, fait.ligne


def inscrire(faits, par):
    """Count facts, new or not, on the lines that they have; what can't be counted waits, and says why.

    Those that say why already are left alone: what was previewed is what is done.
    Call it in a transaction. The envelopes are held first: two files of the same one wait for each other.
    """
    tenir_les_enveloppes({fait.enveloppe_id for fait in faits})
    lignes = {fait.financement_id: fait.financement for fait in faits if fait.financement_id}
    visees = {}
    for fait in faits:
        if fait.financement_id and not fait.est_un_versement:
            visees[id(fait)] = dotation_de(fait.financement, fait.date.year)
    verrouiller(list(lignes.values()), {part.pk for part in visees.values() if part})
    for fait in sorted(faits, key=ordre):
        if fait.financement_id and not fait.raison:
            _tenter(fait, visees.get(id(fait)), par)
        fait.save()


def tenir_les_enveloppes(cles):
    verrouiller_par_cle(Enveloppe, set(cles))


def _tenter(fait, dotation, par):
    try:
        obtenu = _deja_la(fait) or _enregistrer(fait, dotation, par)
    except ValidationError as erreur:
        fait.raison = typographier(" ".join(erreur.messages))
    except TransitionImpossible as refus:
        fait.raison = typographier(str(refus))
    else:
        fait.raison = ""
        fait.ecart, fait.mouvement = (obtenu, None) if isinstance(obtenu, Ecart) else (None, obtenu)


def _enregistrer(fait, dotation, par):
    ligne = fait.financement
    ligne.refresh_from_db()
    champs = {"montant": fait.montant, "autorite": fait.autorite, "date": fait.date, "acte": fait.acte}
    if not fait.est_un_versement:
        _refuser_une_autre_attribution(ligne)
        if dotation is None and ligne.enveloppe_id and not ligne.porte:
            raise TransitionImpossible(sans_dotation(fait.date.year))
        return enregistrer_un_fait(ligne, "attribuer", par, dotation=dotation, **champs)
    if ligne.etat in EtatFinancement.avant_attribution():
        raise TransitionImpossible(f"{ligne} : rien n'y est encore attribué. Enregistrez d'abord l'attribution.")
    champs["acte"] = fait.reference or fait.acte or f"Dossier {fait.dossier}"
    transition = "solder" if fait.genre_versement == GenreVersement.SOLDE else "verser"
    versement = {"genre_versement": fait.genre_versement, "exercice": fait.exercice}
    return enregistrer_un_fait(ligne, transition, par, **versement, **champs)


def _refuser_une_autre_attribution(ligne):
    if ligne.etat in EtatFinancement.acquis():
        raise TransitionImpossible(
            f"{ligne} : {en_euros(ligne.engage)} y sont déjà attribués. Si c'est un avenant, enregistrez-le sur la "
            "page du financement, puis écartez cette ligne."
        )


def _deja_la(fait):
    """Return what was entered by hand and is this fact: it is counted already, and is now its own.

    Raises `DejaEnregistre` when it came from a file under another number.
    """
    for trouve in _memes(fait):
        autre = _dit_par(trouve)
        if autre is None:
            return trouve
        if autre.repere != fait.repere or bool(autre.reference) != bool(fait.reference):
            raise DejaEnregistre(
                f"{fait.financement} : {en_euros(fait.montant)} y sont déjà enregistrés le {jour(trouve.date)}, pour "
                f"« {autre.dit} ». Si c'est le même, écartez cette ligne."
            )
    return None


def _memes(fait):
    """Yield what its line holds of the same amount: of the same day for a payment, of the same act for an award."""
    sur_la_ligne = {"financement": fait.financement_id, "montant": fait.montant}
    sur_la_ligne["transition__in"] = VERSEMENTS if fait.est_un_versement else ATTRIBUTIONS
    passes = Mouvement.objects.select_related("fait_importe", "ecart__fait_importe")
    ouverts = Ecart.objects.filter(mouvement=None, motif="").select_related("fait_importe")
    for trouves in (passes, ouverts):
        for trouve in trouves.filter(**sur_la_ligne).order_by("pk"):
            if est_le_meme(fait, trouve):
                yield trouve


def _dit_par(trouve):
    """Return the fact that a file said it by, itself or the « écart » that it settled; None: somebody typed it."""
    return getattr(trouve, "fait_importe", None) or getattr(getattr(trouve, "ecart", None), "fait_importe", None)


def est_le_meme(fait, trouve):
    """Tell whether what the journal holds may be a fact of the same line and amount."""
    if fait.est_un_versement:
        return trouve.date == fait.date
    return nom_compare(trouve.acte) == nom_compare(fait.acte)


# --- Choosing


@transaction.atomic
def rapprocher(fait, financement, par):
    """Count on a line what waits of the case of `fait`, and remember it for the next files. Returns the facts.

    What still can't be counted keeps waiting, and says why. Raises `TransitionImpossible`, `PermissionDenied`.
    """
    faits = _du_cas(fait, par)
    if not attribuables(par).filter(pk=financement.pk, enveloppe=fait.enveloppe_id).exists():
        raise PermissionDenied
    for un in faits:
        un.financement, un.raison, un.decide_par, un.decide_le = financement, "", par, timezone.now()
    inscrire(faits, par)
    _retenir_le_dossier(fait, financement)
    return faits


@transaction.atomic
def placer_hors_fiche_action(fait, par):
    """Make a line for the case of `fait`, of no project: its territory, its beneficiary. Returns (line, facts).

    Raises `TransitionImpossible` when it would bear nothing: it isn't made then.
    """
    faits = _du_cas(fait, par)
    ligne = ouvrir_hors_fiche_action(faits, par)
    for un in faits:
        un.financement, un.raison, un.decide_par, un.decide_le = ligne, "", par, timezone.now()
    inscrire(faits, par)
    if all(un.attend for un in faits):
        raise TransitionImpossible(faits[0].raison)
    return ligne, faits


def peut_etre_hors_fiche_action(faits):
    """Tell whether facts of one case say enough: a territory, who receives, what is awarded."""
    return any(not un.est_un_versement and un.territoire_id and un.siret for un in faits)


def ouvrir_hors_fiche_action(faits, par):
    """Return the new line of facts of one case. Raises as `demandes.enregistrer`, or `TransitionImpossible`."""
    dit = next((un for un in faits if not un.est_un_versement and un.territoire_id and un.siret), None)
    if dit is None:
        raise TransitionImpossible("Il faut une attribution, un territoire et un SIRET : complétez le fichier.")
    return demandes.enregistrer(
        Financement(
            territoire=dit.territoire,
            beneficiaire_siret=dit.siret,
            beneficiaire_nom=dit.beneficiaire_nom,
            financeur=Financeur.ENVELOPPE,
            enveloppe=dit.enveloppe,
            demande=dit.montant,
            dossier_operateur=dit.dossier,
        ),
        par,
    )


@transaction.atomic
def ecarter(fait, motif, par, cles):
    """Set aside, of the case of `fait`, the facts of these keys: `motif` says why. Returns those that waited.

    The same rows, read again, stay so.
    """
    if not motif.strip():
        raise ValidationError({"motif": "Dites pourquoi : le motif est gardé et montré."})
    faits = [un for un in _du_cas(fait, par) if un.cle in cles]
    for un in faits:
        un.motif, un.decide_par, un.decide_le = motif.strip(), par, timezone.now()
        un.financement = None
        un.save()
    return faits


def attribuables(par):
    """Return the lines on which a person records what a funder did, with what names them."""
    return Financement.objects.attribuables_par(par).select_related("projet__territoire", "territoire", "enveloppe")


def _du_cas(fait, par):
    """Return the waiting facts of the case of `fait`, held, in the order of the file."""
    tenir_les_enveloppes({fait.enveloppe_id})
    siens = FaitImporte.objects.modifiables_par(par).a_rapprocher()
    memes = FaitImporte.objects.select_related("enveloppe", "territoire", "financement").filter(
        pk__in=siens.filter(enveloppe=fait.enveloppe_id, repere=fait.repere).values("pk")
    )
    faits = list(memes.order_by("pk"))
    if fait.pk not in {un.pk for un in faits}:
        if not FaitImporte.objects.modifiables_par(par).filter(pk=fait.pk).exists():
            raise PermissionDenied
        raise TransitionImpossible(DEJA_REGLE)
    return faits


def _retenir_le_dossier(fait, financement):
    """Give a line its dossier number when it had none: its page then says it, as the next files do."""
    financement.refresh_from_db()
    if not fait.dossier or financement.dossier_operateur:
        return
    financement.dossier_operateur = fait.dossier
    financement._change_reason = "Rapprochement"
    # Another line has it: the choice is remembered on the facts.
    with suppress(IntegrityError), transaction.atomic():
        financement.save(update_fields=["dossier_operateur"])
