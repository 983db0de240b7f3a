"""What a movement does to a line, to the plan of its project and to the « enveloppe régionale » that it draws on.

Called by `comptes.parcours.passer`, which holds the row of the line; it then locks the project, then the share: always
in that order, and by key when they are several (`verrouiller`). Nothing else writes these sums.
"""

from django.core.exceptions import ValidationError

from comptes.parcours import TransitionImpossible
from programme.argent.enums import EtatFinancement
from programme.enums import EtatProjet
from programme.models.dotations import Dotation
from programme.models.projets import Projet
from programme.montants import RIEN, total
from tableurs.francais import montant as en_euros

# In these, what is typed is an amount above zero.
CHIFFREES = {"programmer", "attribuer", "augmenter", "desengager", "verser", "reverser"}


class MontantRefuse(TransitionImpossible):
    """It would be promised twice, or above what there is. The text says what remains and who can change it."""


class PlafondDepasse(MontantRefuse):
    pass


class SourcesDepassees(MontantRefuse):
    pass


class EngagementDepasse(MontantRefuse):
    pass


def verrouiller(lignes, dotations=()):
    """Lock lines, then their projects, then their shares, each by key: two lists that cross wait for one another.

    `dotations`: keys of other shares, on which they are about to draw. Returns the lines {key: line}, as they are.
    """
    if not lignes:
        verrouiller_par_cle(Dotation, {*dotations})
        return {}
    lues = type(lignes[0])._base_manager.select_for_update().order_by("pk").in_bulk([ligne.pk for ligne in lignes])
    verrouiller_par_cle(Projet, {ligne.projet_id for ligne in lues.values()})
    verrouiller_par_cle(Dotation, {*dotations, *(ligne.dotation_id for ligne in lues.values())})
    return lues


def verrouiller_par_cle(modele, cles):
    """Lock rows in the order of their keys. Returns {key: row} of those that exist; None is nobody's key."""
    rangees = modele._base_manager.select_for_update(no_key=True).filter(pk__in=cles - {None}).order_by("pk")
    return {rangee.pk: rangee for rangee in rangees}


def appliquer(financement, mouvement):
    """Write what a movement changes. Raises `MontantRefuse`, or `ValidationError` by field."""
    dotation_id, porte, retenu = financement.dotation_id, financement.porte, financement.retenu
    subvention = subvention_de(financement)
    calculer(financement, mouvement)
    if financement.verse > financement.engage:
        raise _trop_verse(financement, mouvement)
    plus = financement.porte - porte
    if financement.projet_id:
        aide = subvention_de(financement) - subvention
        compter_au_plan(financement.projet_id, financement.retenu - retenu, aide, plus > 0)
    if financement.dotation_id and (plus or dotation_id != financement.dotation_id):
        _porter(financement, plus)


def calculer(financement, mouvement):
    """Set, in memory, what a movement changes of its line. Raises `ValidationError` by field."""
    _imputer(financement, mouvement)
    mouvement.programme, mouvement.engage, mouvement.verse = _differences(financement, mouvement)
    for nom in ("programme", "engage", "verse"):
        setattr(financement, nom, getattr(financement, nom) + getattr(mouvement, nom))
    financement.retenu = retenu_de(financement)
    if mouvement.transition in ("programmer", "attribuer"):
        financement.hors_contrat = financement.est_hors_contrat


def retenu_de(financement):
    """Return what a line counts for among the sources of its project, in euros."""
    if financement.etat in (EtatFinancement.REFUSE, EtatFinancement.RETIRE):
        return RIEN
    if financement.etat in (*EtatFinancement.acquis(), EtatFinancement.CADUC, EtatFinancement.ANNULE):
        return financement.engage
    return financement.programme if financement.etat == EtatFinancement.PROGRAMME else financement.demande


def subvention_de(financement):
    """Return what a line counts for among the public subsidies of its project, in euros."""
    return financement.retenu if financement.est_une_subvention_publique else RIEN


def _imputer(financement, mouvement):
    """Say on which share it draws, once and for all as long as it is programmed or awarded."""
    if not financement.enveloppe_id:
        mouvement.dotation = None
        return
    if mouvement.transition in ("programmer", "attribuer") and not financement.porte:
        if mouvement.dotation is None:
            raise ValidationError({"dotation": "Choisissez l'enveloppe régionale sur laquelle il est imputé."})
        if not est_imputable(financement, mouvement.dotation):
            raise ValidationError({"dotation": "Cette enveloppe régionale n'est pas celle de ce financement."})
        financement.dotation = mouvement.dotation
    elif mouvement.dotation_id not in (None, financement.dotation_id):
        raise ValidationError(
            {"dotation": f"Il est déjà imputé sur « {financement.dotation} » : déprogrammez-le d'abord."}
        )
    mouvement.dotation = financement.dotation


def est_imputable(financement, dotation):
    """Tell whether a line may draw on a share: of its envelope, of the nation, of its region or of its territory."""
    territoire = financement.projet.territoire_id if financement.projet_id else financement.territoire_id
    return (
        dotation.exercice.enveloppe_id == financement.enveloppe_id
        and dotation.region_id in (None, financement.region_id)
        and dotation.territoire_id in (None, territoire)
    )


def _differences(financement, mouvement):
    """Return (programmé, engagé, versé), signed, in euros: what the movement changes of its line."""
    cle, montant = mouvement.transition, mouvement.montant
    if cle in CHIFFREES and (montant is None or montant <= 0):
        raise ValidationError({"montant": "Écrivez un montant, au-dessus de zéro."})
    if cle == "solder" and (montant is None or montant < 0):
        raise ValidationError({"montant": "Écrivez le montant du solde : zéro s'il n'y a plus rien à verser."})
    if cle == "solder":
        # What is not paid then never will be.
        return RIEN, min(montant - financement.reste_a_verser, RIEN), montant
    return {
        "programmer": lambda: (montant, RIEN, RIEN),
        "attribuer": lambda: (-financement.programme, montant, RIEN),
        "augmenter": lambda: (RIEN, montant, RIEN),
        "desengager": lambda: (RIEN, -_au_plus(montant, financement.reste_a_verser, "à désengager"), RIEN),
        "verser": lambda: (RIEN, RIEN, montant),
        "reverser": lambda: _reversement(financement, _au_plus(montant, financement.verse, "versés")),
        "declarer-caduc": lambda: (RIEN, -financement.reste_a_verser, RIEN),
        "annuler": lambda: (RIEN, -financement.engage, RIEN),
    }.get(cle, lambda: (-financement.programme, RIEN, RIEN))()


def _reversement(financement, montant):
    """What is given back of an ended line is not to be paid again."""
    rendu = -montant if financement.etat == EtatFinancement.SOLDE else RIEN
    return RIEN, rendu, -montant


def _au_plus(montant, reste, de_quoi):
    if montant > reste:
        raise ValidationError({"montant": f"Il n'y a que {en_euros(reste)} {de_quoi}."})
    return montant


def _trop_verse(financement, mouvement):
    reste = financement.engage - financement.verse + mouvement.verse
    return EngagementDepasse(
        f"Il reste {en_euros(reste)} à verser sur ce financement, et ce versement est de "
        f"{en_euros(mouvement.montant)}. Un avenant peut augmenter ce qui est engagé."
    )


def compter_au_plan(projet_id, difference, subventions, s_engage):
    """Keep what the sources of a project add up to, within its cost: signed differences, in euros.

    Raises `MontantRefuse`. Its row stays locked until all is written.
    """
    projet = verrouiller_par_cle(Projet, {projet_id})[projet_id]
    if s_engage and projet.etat in (EtatProjet.RETIRE, EtatProjet.ABANDONNE):
        raise MontantRefuse(f"Ce projet est « {projet.get_etat_display().lower()} » : rien ne s'y engage plus.")
    sources = total([projet.sources, difference])
    aides = total([projet.subventions_publiques, subventions])
    if difference > 0 and projet.cout_total is not None and sources > projet.cout_total:
        raise SourcesDepassees(
            f"Les sources du projet atteindraient {en_euros(sources)} pour un coût total de "
            f"{en_euros(projet.cout_total)} : il manque au plus {en_euros(projet.cout_total - projet.sources)}. "
            "L'équipe du territoire peut revoir les autres sources, ou le coût."
        )
    if subventions > 0 and projet.assiette_eligible is not None and aides > projet.assiette_eligible:
        raise SourcesDepassees(
            f"Les subventions publiques atteindraient {en_euros(aides)} pour une assiette éligible de "
            f"{en_euros(projet.assiette_eligible)}. L'équipe du territoire peut revoir le plan de financement."
        )
    if difference or subventions:
        Projet._base_manager.filter(pk=projet_id).update(sources=sources, subventions_publiques=aides)


def _porter(financement, plus):
    """Have a share carry `plus` euros more, or less; within its ceiling. Its row stays locked until all is written."""
    dotation = verrouiller_par_cle(Dotation, {financement.dotation_id})[financement.dotation_id]
    charge = total([dotation.charge, plus])
    if plus > 0 and dotation.est_un_plafond and charge > dotation.montant:
        raise PlafondDepasse(
            f"Il reste {en_euros(dotation.montant - dotation.charge)} sur « {dotation} », plafond de "
            f"{en_euros(dotation.montant)}, et il en faudrait {en_euros(plus)}. {dotation.qui_le_change}"
        )
    Dotation._base_manager.filter(pk=dotation.pk).update(porte=total([dotation.porte, plus]), charge=charge)
