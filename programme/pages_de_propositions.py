"""The page of a proposal: what its template is given."""

from dataclasses import dataclass

from django.shortcuts import render

from comptes.acces import est_modifiable
from programme import propositions
from programme import valeurs_de_fiche as plat
from programme.forms.projets import FormulaireFiche
from programme.mots_de_fiche import Mots
from programme.pages_de_redaction import fil_ariane
from programme.redaction import FICHE, MONTANTS


@dataclass
class LigneDeProposition:
    """A field: as it is now, as proposed. `a_change`: by the team since; `est_perdue`: nothing is left to change."""

    cle: str
    champ: str
    maintenant: str
    proposee: str
    a_change: bool
    est_perdue: bool
    est_acceptee: bool


def page_de_la_proposition(request, proposition, refus):
    projet = proposition.projet
    peut_repondre = est_modifiable(proposition, request.user)
    contexte = {
        "fil_ariane": fil_ariane(projet, "Proposition du porteur"),
        "projet": projet,
        "proposition": proposition,
        "lignes": lignes_de(proposition),
        "peut_repondre": peut_repondre,
        "peut_retirer": proposition.est_en_attente and proposition.auteur_id == request.user.pk,
        "form": refus,
    }
    return render(request, "programme/projet_proposition.html", contexte)


def lignes_de(proposition):
    """Return the fields that a proposal, or an actualisation, changes."""
    projet = proposition.projet
    champs = [*FICHE, *MONTANTS]
    maintenant = plat.du_projet(projet, champs)
    for nom in plat.PARTIES:
        for cle, ligne in plat.lignes(nom, projet).items():
            maintenant |= plat.d_une_ligne(nom, cle, ligne)
    mots = Mots(FormulaireFiche(instance=projet, champs=champs), proposition.valeurs, maintenant, proposition.avant)
    perdues = propositions.perdues(proposition)
    lignes = []
    for cle, valeur in proposition.valeurs.items():
        # Once answered, the fiche lives on: what stood there then is what is compared.
        avant = proposition.avant.get(cle, plat.vide(cle))
        present = maintenant.get(cle, plat.vide(cle)) if proposition.est_en_attente else avant
        lignes.append(
            LigneDeProposition(
                cle,
                mots.champ(cle),
                mots.valeur(cle, present),
                mots.valeur(cle, valeur),
                present != avant,
                cle in perdues and proposition.est_en_attente,
                cle in proposition.acceptees,
            )
        )
    return lignes
