"""What a porteur proposes: kept, told to the team, answered, told to the porteur."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes import courrier
from programme import valeurs_de_fiche as plat
from programme.enums import IssueProposition
from programme.genres_de_courrier import PROJETS
from programme.models import Projet, PropositionDeFiche
from programme.parcours_projet import comptes_de_l_equipe
from programme.redaction import MONTANTS, droits_sur
from programme.saisie import Saisie, donnees_de

DEJA_TRAITEE = "Cette proposition n'est plus en attente : quelqu'un y a déjà répondu, ou son auteur l'a retirée."


def propose(droits):
    """Tell whether what a person writes, with these rights, is a proposal."""
    return "redigeables_par" not in droits


def en_attente(projet, auteur):
    return PropositionDeFiche.objects.en_attente().filter(projet=projet, auteur=auteur).first()


def proposer(projet, auteur, saisie):
    """Keep what was typed that differs from the fiche as it was read, in the transaction that holds the project.

    Tells the team the first time. Returns what to say to the porteur.
    """
    proposees = {ecart.cle: ecart.sien for ecart in saisie.changements}
    ouverte = en_attente(projet, auteur)
    if not proposees:
        if ouverte:
            ouverte.clore(IssueProposition.RETIREE, auteur)
            return "Vous ne proposez plus rien : votre proposition est retirée."
        return "Vous n'avez rien changé : rien n'est proposé."
    avant = {ecart.cle: ecart.avant for ecart in saisie.changements}
    if ouverte:
        if (ouverte.valeurs, ouverte.avant) != (proposees, avant):
            ouverte.valeurs, ouverte.avant, ouverte.ecrite_le = proposees, avant, timezone.now()
            ouverte.save()
        return "Votre proposition est enregistrée. La fiche ne change pas avant la réponse de l'équipe du territoire."
    proposition = PropositionDeFiche.objects.create(projet=projet, auteur=auteur, valeurs=proposees, avant=avant)
    contexte = {"proposition": proposition, "projet": projet}
    for compte in comptes_de_l_equipe(projet):
        courrier.ecrire(PROJETS, compte, "proposition_recue", contexte, lien=proposition.get_absolute_url())
    return "Votre proposition est envoyée à l'équipe du territoire. La fiche ne change pas avant sa réponse."


def secrete(proposition):
    """Tell whether what is proposed touches amounts that are, or would be, under *secret des affaires*."""
    touche = any(champ in proposition.valeurs for champ in MONTANTS)
    secret = proposition.projet.montants_secrets or proposition.valeurs.get("montants_secrets") == plat.COCHEE
    return touche and secret


def perdues(proposition):
    """Return the fields of parts that are no longer there: nothing is left to change."""
    presentes = {nom: set(plat.lignes(nom, proposition.projet)) for nom in plat.PARTIES}
    trouvees = set()
    for cle in proposition.valeurs:
        partie = plat.partie_de(cle)
        # A new part has nothing before.
        etait_la = partie and any(autre.startswith(f"{partie[0]}-{partie[1]}-") for autre in _lues(proposition))
        if etait_la and partie[1] not in presentes[partie[0]]:
            trouvees.add(cle)
    return trouvees


def _lues(proposition):
    return [cle for cle, valeur in proposition.avant.items() if valeur]


# --- Answers
def accepter(proposition, par, cles, revision):
    """Write the chosen fields in the fiche; the others are not kept. Raises `ValidationError`, in words.

    `revision`: of the fiche as it was shown beside the proposal.
    """
    with transaction.atomic():
        projet = _verrouiller(proposition)
        droits = droits_sur(projet, par)
        possibles = set(proposition.valeurs) - perdues(proposition)
        cles = [cle for cle in proposition.valeurs if cle in possibles and cle in cles]
        if not cles:
            raise ValidationError("Cochez ce que vous acceptez, ou refusez la proposition.")
        if revision != str(projet.revision):
            raise ValidationError("La fiche a changé entre-temps : comparez de nouveau avant d'accepter.")
        saisie = saisie_de(projet, droits, {cle: proposition.valeurs[cle] for cle in cles})
        try:
            saisie.enregistrer()
        except IntegrityError:
            raise ValidationError("Un autre indicateur porte déjà ce nom.") from None
        toutes = len(cles) == len(proposition.valeurs)
        proposition.clore(IssueProposition.ACCEPTEE if toutes else IssueProposition.PARTIE, par, acceptees=cles)
        _repondre(proposition)


def saisie_de(projet, droits, valeurs, **options):
    """Return the form of the fiche with `valeurs` over it, ready to be saved. Raises `ValidationError`, in words."""
    saisie = Saisie(projet, droits, donnees_de(projet, droits, valeurs), **options)
    if not saisie.is_valid():
        raise ValidationError([str(erreur) for form in saisie.formulaires for erreur in _erreurs(form)])
    return saisie


def ecrire_dans_la_fiche(projet, valeurs, raison, par):
    """Write fields of the fiche, checked as its form does, in the transaction that holds the project.

    Whether `par` may is settled: all the fields are written, amounts too. Raises `ValidationError`, in words.
    """
    saisie = saisie_de(projet, {"montants_visibles_par"}, valeurs, avec_parties=False)
    saisie.enregistrer(raison, par)


def _erreurs(form):
    for nom, erreurs in form.errors.items():
        debut = f"{form.fields[nom].label} : " if nom in form.fields else ""
        yield from (f"{debut}{erreur}" for erreur in erreurs)


def refuser(proposition, par, motif):
    with transaction.atomic():
        _verrouiller(proposition)
        proposition.clore(IssueProposition.REFUSEE, par, motif=motif)
        _repondre(proposition)


def retirer(proposition, par):
    """By its author: nobody is told, it no longer awaits anyone."""
    with transaction.atomic():
        _verrouiller(proposition)
        proposition.clore(IssueProposition.RETIREE, par)


def _verrouiller(proposition):
    """Lock the project, as those who write it do, and read the proposal again. Returns the project."""
    projet = Projet.objects.select_for_update(of=("self",)).select_related("territoire").get(pk=proposition.projet_id)
    proposition.refresh_from_db()
    proposition.projet = projet
    if not proposition.est_en_attente:
        raise ValidationError(DEJA_TRAITEE)
    return projet


def _repondre(proposition):
    contexte = {"proposition": proposition, "projet": proposition.projet}
    courrier.ecrire(PROJETS, proposition.auteur, "proposition_traitee", contexte, lien=proposition.get_absolute_url())
