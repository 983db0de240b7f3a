"""The pages on which a fiche is written: what their templates are given."""

from dataclasses import dataclass

from django.shortcuts import render
from django.urls import reverse

from comptes.models import Utilisateur
from programme.ecarts import Sort
from programme.enums import ChampDeFiche, EtatProjet
from programme.models import Frein, Indicateur, Jalon
from programme.mots_de_fiche import Mots
from programme.remarques import est_dite_repondue, remarques_de
from tableurs.francais import enumeration

# Sections of the form: anchor, title, fields of the fiche whose absence they show.
SECTIONS = (
    ("presentation", "Le projet", ("titre", "contexte", "objectifs", "partenaires")),
    ("mesures", "Mesures", ("mesures",)),
    ("porteur", "Porteur", ("porteur_nom", "porteur_genre", "porteur_siren")),
    ("lieu", "Lieu", ("communes",)),
    ("calendrier", "Calendrier", ("debut", "fin", "maturite")),
    ("jalons", "Étapes", ()),
    ("montants", "Montants", ("cout_total",)),
    ("indicateurs", "Indicateurs", ()),
    ("freins", "Freins", ()),
)


@dataclass
class Groupe:
    """Boxes to tick under one title: [(id, key, words, ticked)]."""

    titre: str
    cases: list
    coches: int


def groupes_de(form, nom):
    """Return the choices of a field as `Groupe`s, ticked as the form has them."""
    champ = form[nom]
    valeurs = {str(valeur) for valeur in champ.value() or ()}
    groupes = []
    for rang, (titre, cles) in enumerate(champ.field.groupes):
        cases = [
            (f"{champ.auto_id}_{rang}_{i}", cle, champ.field.noms[cle], cle in valeurs) for i, cle in enumerate(cles)
        ]
        groupes.append(Groupe(titre, cases, sum(cle in valeurs for cle in cles)))
    return groupes


def fil_ariane(projet, page):
    return [("Projets", reverse("projets")), (projet.numero or projet.titre, projet.get_absolute_url()), (page, "")]


def poser_les_remarques(saisie, remarques, propose):
    """Hang each remark on its field, for the page and for who doesn't see it. The team says which are answered."""
    form = saisie.form
    for remarque in remarques:
        remarque.a_cocher = not propose
        # Of a form that is shown again, as it was sent.
        remarque.est_cochee = (
            remarque.est_levee if saisie.donnees is None else est_dite_repondue(remarque, saisie.donnees)
        )
        # Where the summary leads.
        remarque.ancre = f"id_{remarque.champ}" if remarque.champ in form.fields else remarque.champ
    for nom, champ in form.fields.items():
        champ.remarques = [remarque for remarque in remarques if remarque.champ == nom]
        if champ.remarques:
            id_du_champ = form[nom].auto_id
            aide = f"{id_du_champ}_helptext " if champ.help_text else ""
            champ.widget.attrs["aria-describedby"] = f"{id_du_champ}_remarques {aide}{id_du_champ}_error"


def page_de_la_fiche(request, saisie, droits, proposition):
    projet = saisie.projet
    # Of who proposes, what is missing is the team's to say.
    propose = "redigeables_par" not in droits
    manques = projet.manques()
    absents = {manque.champ for manque in manques}
    remarques = remarques_de(projet, request.user) if projet.etat == EtatProjet.A_COMPLETER else []
    poser_les_remarques(saisie, remarques, propose)
    contexte = {
        "fil_ariane": fil_ariane(projet, "Modifier la fiche"),
        "projet": projet,
        "saisie": saisie,
        "form": saisie.form,
        "est_refusee": saisie.form.is_bound,
        "propose": propose,
        "proposition": proposition,
        "recues": [] if propose else list(projet.propositions.en_attente().select_related("auteur", "projet")),
        "manques": manques,
        "remarques": remarques,
        "remarques_des_parties": {
            partie: [une for une in remarques if une.champ == partie] for partie in ChampDeFiche.parties()
        },
        "sections": [
            (ancre, titre, len(absents & set(champs)))
            for ancre, titre, champs in SECTIONS
            if ancre != "montants" or "cout_total" in saisie.form.fields
        ],
        "montants": "cout_total" in saisie.form.fields,
        "mesures": groupes_de(saisie.form, "mesures"),
        "communes": groupes_de(saisie.form, "communes"),
        "associes": groupes_de(saisie.form, "territoires_associes"),
    }
    return render(request, "programme/projet_modifier.html", contexte)


# --- Two at once
@dataclass
class LigneDeFusion:
    """A field that differs, in words; `reprises`: what the choice of the other sends."""

    cle: str
    champ: str
    avant: str
    autre: str
    sien: str
    fusion: str
    est_long: bool
    reprises: list
    a_ecrire: str


def page_de_fusion(request, saisie):
    mots = Mots(saisie.form, saisie.siennes, saisie.autres, saisie.avant)
    par_sort = {sort: [] for sort in Sort}
    for ecart in saisie.ecarts:
        if ecart.est_dit:
            par_sort[ecart.sort].append(_ligne(ecart, mots))
    contexte = {
        "fil_ariane": fil_ariane(saisie.projet, "Rapprocher deux versions"),
        "projet": saisie.projet,
        "qui": enumeration(_auteurs_depuis(saisie, request.user)) or "Quelqu'un d'autre",
        "conflits": par_sort[Sort.CONFLIT],
        "autres": par_sort[Sort.AUTRE],
        "siens": par_sort[Sort.SIEN],
        "ensemble": par_sort[Sort.ENSEMBLE],
        "non_choisis": saisie.non_choisis,
        "envoyees": saisie.fusionnees(),
    }
    return render(request, "programme/projet_fusionner.html", contexte)


def _ligne(ecart, mots):
    return LigneDeFusion(
        ecart.cle,
        mots.champ(ecart.cle),
        *(mots.valeur(ecart.cle, valeur) for valeur in (ecart.avant, ecart.autre, ecart.sien, ecart.fusion)),
        mots.est_long(ecart.cle),
        ecart.autre if isinstance(ecart.autre, list) else [ecart.autre],
        ecart.sien,
    )


def _auteurs_depuis(saisie, personne):
    """Return the names of who wrote the fiche or its parts since it was read."""
    lue = saisie.revision_lue
    if not (lue.isdecimal() and len(lue) < 10):
        return []
    projet = saisie.projet
    lues = projet.historique.filter(revision=int(lue)).order_by("-history_id")
    depuis = lues.values_list("history_date", flat=True).first()
    qui = set(projet.historique.filter(revision__gt=int(lue)).values_list("history_user", flat=True))
    if depuis:
        for modele in (Jalon, Indicateur, Frein):
            passees = modele.historique.filter(projet=projet.pk, history_date__gt=depuis)
            qui |= set(passees.values_list("history_user", flat=True))
    return [str(compte) for compte in Utilisateur.objects.filter(pk__in=qui - {None, personne.pk})]
