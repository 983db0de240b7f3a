"""The pages of an actualisation: what their templates are given."""

from django.shortcuts import render

from comptes.parcours import laisse_a_d_autres, permises_parmi, possibles
from programme.actualisations import depasses
from programme.enums import EtatActualisation
from programme.mots_de_fiche import nom_du_champ
from programme.pages_de_propositions import lignes_de
from programme.pages_de_redaction import SECTIONS, fil_ariane, groupes_de, poser_les_remarques
from programme.parcours_actualisation import SUBSTANTIELS
from programme.propositions import secrete
from programme.redaction import MONTANTS, droits_sur

COUVERT = "Couvert par le secret des affaires"
# Milestones, indicators, obstacles are followed, not actualised.
SUIVIES = ("jalons", "indicateurs", "freins")


def page_pour_ecrire(request, saisie, declaration, actualisation):
    projet, form = saisie.projet, saisie.form
    poser_les_remarques(saisie, [], False)
    contexte = {
        "fil_ariane": fil_ariane(projet, "Actualiser la fiche"),
        "projet": projet,
        "saisie": saisie,
        "form": form,
        "est_refusee": form.is_bound,
        "formulaires": [*saisie.formulaires, declaration],
        "declaration": declaration,
        "actualisation": actualisation,
        "propose": False,
        "substantiels": [nom_du_champ(cle) for cle in SUBSTANTIELS],
        "sections": [(ancre, titre, 0) for ancre, titre, _ in SECTIONS if ancre not in SUIVIES],
        "montants": "cout_total" in form.fields,
        "mesures": groupes_de(form, "mesures"),
        "communes": groupes_de(form, "communes"),
        "associes": groupes_de(form, "territoires_associes"),
    }
    return render(request, "programme/projet_actualiser.html", contexte)


def page_de_l_actualisation(request, actualisation):
    projet = actualisation.projet
    permises = permises_parmi([actualisation], request.user)[actualisation.pk]
    actes = possibles(actualisation, request.user, permises)
    contexte = {
        "fil_ariane": fil_ariane(projet, "Actualisation"),
        "projet": projet,
        "actualisation": actualisation,
        "est_examinee_par_d_autres": _est_soumise(actualisation) and laisse_a_d_autres(actualisation, permises),
        "actes": [acte for acte in actes if not acte.manques],
        "peut_ecrire": actualisation.etat == EtatActualisation.PREPARATION
        and type(actualisation).objects.modifiables_par(request.user).filter(pk=actualisation.pk).exists(),
        "points": list(projet.points_de_comite.a_venir_pour(request.user)) if _est_soumise(actualisation) else [],
        "etapes": list(actualisation.etapes.select_related("saisie_par", "comite__region").order_by("saisie_le", "pk")),
        **_ecarts(request, actualisation),
    }
    return render(request, "programme/projet_actualisation.html", contexte)


def _est_soumise(actualisation):
    return actualisation.etat == EtatActualisation.SOUMISE


def page_de_l_etape(request, actualisation, transition, formulaire):
    projet = actualisation.projet
    manques = [manque for exigence in transition.exige for manque in exigence(actualisation)]
    contexte = {
        "fil_ariane": fil_ariane(projet, transition.verbe),
        "projet": projet,
        "actualisation": actualisation,
        "transition": transition,
        "vers": EtatActualisation(transition.vers).label,
        "possible": actualisation.etat in transition.de,
        "saisi_par_soi": transition.interdit_a_qui_a_saisi and actualisation.a_ete_saisi_par(request.user),
        "manques": [manque.message for manque in manques],
        "avertit": transition.avertit is not None,
        "form": formulaire,
        "est_refuse": formulaire.is_bound,
        **_ecarts(request, actualisation),
    }
    return render(request, "programme/actualisation_etape.html", contexte)


def _ecarts(request, actualisation):
    """Return the fields that change; amounts under *secret des affaires* are named, not told."""
    lignes = lignes_de(actualisation)
    tait = secrete(actualisation) and "secrets_connus_par" not in droits_sur(actualisation.projet, request.user)
    for ligne in lignes:
        if tait and ligne.cle in MONTANTS:
            ligne.maintenant = ligne.proposee = COUVERT
    return {
        "lignes": lignes,
        "substantiels": actualisation.champs_substantiels,
        "depasses": depasses(actualisation) if actualisation.est_en_attente else [],
    }
