"""What the region remarks on fields, what the team answers.

The remarks are written beside the transition, in its transaction, and not by it: the engine knows no domain, a passage
has no parts, and whoever sends a fiche back without remarks goes the same way.
"""

import hashlib
import json

from django.db import transaction
from django.utils import timezone

from comptes.parcours import passer
from programme import valeurs_de_fiche as plat
from programme.models import Remarque

DEMANDE, RETOUR = "demander-complements", "transmettre-a-nouveau"
REPONDUE, REPONDUE_LUE = "remarque-", "remarque-lue-"
# What is written beside an amount belongs to it.
_AVEC = {"cout_total": "cout_total_taxe", "assiette_eligible": "assiette_taxe", "communes": "sans_lieu"}


def demander(projet, par, remarques, **champs):
    """Ask for complements: the passage, and [(field, text)] hung on it. Raises what `passer` raises."""
    with transaction.atomic():
        decision = passer(projet, DEMANDE, par, **champs)
        # One by one, for their history: there are few.
        empreintes = empreintes_de(projet, {champ for champ, _ in remarques})
        for champ, texte in remarques:
            Remarque.objects.create(
                projet=projet,
                decision=decision,
                champ=champ,
                texte=texte,
                faite_par=par,
                faite_le=decision.saisie_le,
                valeur_lue=empreintes[champ],
            )
    return decision


def empreintes_de(projet, champs):
    """Return {field: fingerprint of what stands there}: enough to tell that it changed, and nothing more."""
    simples = [champ for champ in champs if champ not in plat.PARTIES]
    voisins = [_AVEC[champ] for champ in simples if champ in _AVEC]
    valeurs = plat.du_projet(projet, [*simples, *voisins], projet.choix)
    textes = {champ: [valeurs[champ], valeurs.get(_AVEC.get(champ))] for champ in simples}
    for nom in set(champs) - set(simples):
        textes[nom] = {ligne.cle: plat.d_une_ligne(nom, ligne.cle, ligne) for ligne in getattr(projet, nom).all()}
    return {champ: _empreinte(texte) for champ, texte in textes.items()}


def _empreinte(valeur):
    return hashlib.sha256(json.dumps(valeur, sort_keys=True).encode()).hexdigest()


def remarques_de(projet, personne):
    """Return those of the last request for complements that a person reads, each with what became of its field.

    `modifiee`: what stood there has changed since.
    """
    derniere = projet.decisions.filter(transition=DEMANDE).order_by("-pk").values("pk")[:1]
    lues = list(
        projet.remarques.visibles_par(personne)
        .filter(decision__in=derniere)
        .select_related("faite_par", "levee_par")
        .order_by("pk")
    )
    if lues:
        empreintes = empreintes_de(projet, {remarque.champ for remarque in lues})
        for remarque in lues:
            remarque.modifiee = remarque.valeur_lue != empreintes[remarque.champ]
    return lues


def sans_reponse(remarques):
    """Keep those that nobody said to be answered, and whose field is as it was."""
    return [remarque for remarque in remarques if not remarque.est_levee and not remarque.modifiee]


def est_dite_repondue(remarque, donnees):
    return f"{REPONDUE}{remarque.cle}" in donnees


def noter_les_reponses(projet, par, donnees):
    """Write which remarks are answered, as the form says: those whose box was changed only. Returns how many.

    What it showed comes back with it: a box that somebody else ticked meanwhile stays as they left it.
    """
    changees = 0
    for remarque in Remarque.objects.modifiables_par(par).filter(projet=projet):
        lue = donnees.get(f"{REPONDUE_LUE}{remarque.cle}")
        cochee = est_dite_repondue(remarque, donnees)
        if lue is None or cochee == (lue == "oui") or cochee == remarque.est_levee:
            continue
        remarque.levee_par, remarque.levee_le = (par, timezone.now()) if cochee else (None, None)
        remarque._change_reason = "Réponse notée" if cochee else "Réponse reprise"
        remarque.save()
        changees += 1
    return changees
