"""Every stored sum, computed again from the journal and the acts: what `manage.py verifier_comptes` says.

Amounts are in euros. Reads whole tables, a constant number of queries.
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from programme.argent.ecritures import retenu_de, subvention_de
from programme.argent.enums import GenreDotation
from programme.models import ActeDeDotation, Dotation, Exercice, Financement, Mouvement, Ouverture, Projet
from programme.montants import RIEN, somme, total

LOT = 1000


class Faux(NamedTuple):
    """A stored value that is not what it should be."""

    objet: Any
    champ: str
    ecrit: Decimal | None
    attendu: Decimal | None

    def __str__(self):
        nom = self.objet._meta.verbose_name
        return f"{nom} « {self.objet} », {self.champ} : {self.ecrit} est écrit, {self.attendu} attendu."


def constater():
    """Return every `Faux`, of the lines, the projects, the shares and the years."""
    with transaction.atomic():
        lignes, faux = _lignes()
        parts = _parts()
        return [*faux, *_projets(lignes), *_dotations(parts), *_exercices(parts)]


def retablir(faux):
    """Write what should be, in bulk. For a past that was just brought in; never to hide a mistake."""
    par_modele = defaultdict(dict)
    for un in faux:
        setattr(un.objet, un.champ, un.attendu)
        par_modele[type(un.objet)].setdefault(un.objet.pk, un.objet)
    champs = {
        Financement: ["programme", "engage", "verse", "retenu"],
        Projet: ["sources", "subventions_publiques"],
        Dotation: ["genre", "montant", "porte", "reparti", "charge"],
        Exercice: ["ouvert_ae", "ouvert_cp", "reparti"],
    }
    for modele, objets in par_modele.items():
        modele._base_manager.bulk_update(objets.values(), champs[modele], batch_size=LOT)


def _comparer(objet, attendus):
    for champ, attendu in attendus.items():
        ecrit = getattr(objet, champ)
        if ecrit != attendu:
            yield Faux(objet, champ, ecrit, attendu)


def _lignes():
    sommes = {
        une["financement"]: une
        for une in Mouvement.objects.order_by()
        .values("financement")
        .annotate(p=somme("programme"), e=somme("engage"), v=somme("verse"))
    }
    vide = {"p": RIEN, "e": RIEN, "v": RIEN}
    lignes, faux = [], []
    for ligne in Financement.objects.select_related("projet", "enveloppe").order_by("pk"):
        une = sommes.get(ligne.pk, vide)
        ecrites = list(_comparer(ligne, {"programme": une["p"], "engage": une["e"], "verse": une["v"]}))
        # What it counts for follows from what it should be.
        retenu = ligne.retenu
        for un in ecrites:
            setattr(ligne, un.champ, un.attendu)
        ligne.retenu = retenu_de(ligne)
        if retenu != ligne.retenu:
            ecrites.append(Faux(ligne, "retenu", retenu, ligne.retenu))
        faux += ecrites
        lignes.append(ligne)
    return lignes, faux


def _projets(lignes):
    sources, aides = defaultdict(list), defaultdict(list)
    for ligne in lignes:
        sources[ligne.projet_id].append(ligne.retenu)
        aides[ligne.projet_id].append(subvention_de(ligne))
    concernes = Projet.objects.exclude(sources=0, subventions_publiques=0)
    vus = {projet.pk: projet for projet in concernes}
    vus |= {ligne.projet_id: ligne.projet for ligne in lignes if ligne.projet_id and ligne.projet_id not in vus}
    for cle, projet in sorted(vus.items()):
        attendus = {"sources": total(sources[cle]), "subventions_publiques": total(aides[cle])}
        yield from _comparer(projet, attendus)


def _parts():
    """Return [(share, the act that set it, or None)]."""
    actes = {acte.dotation_id: acte for acte in ActeDeDotation.objects.order_by("saisi_le", "pk")}
    dotations = Dotation.objects.select_related("exercice__enveloppe", "region", "territoire").order_by("pk")
    return [(dotation, actes.get(dotation.pk)) for dotation in dotations]


def _prend(acte):
    """Return what a share takes out of the one above, as its act says."""
    return acte.montant if acte and acte.genre == GenreDotation.PLAFOND else None


def _dotations(parts):
    portes = {
        une["dotation"]: total([une["p"], une["e"]])
        for une in Mouvement.objects.filter(dotation__isnull=False)
        .order_by()
        .values("dotation")
        .annotate(p=somme("programme"), e=somme("engage"))
    }
    des_territoires = defaultdict(list)
    for dotation, acte in parts:
        if dotation.territoire_id:
            des_territoires[dotation.exercice_id, dotation.region_id].append(_prend(acte))
    for dotation, acte in parts:
        porte = portes.get(dotation.pk, RIEN)
        mere = dotation.region_id and not dotation.territoire_id
        reparti = total(des_territoires[dotation.exercice_id, dotation.region_id]) if mere else RIEN
        attendus = {"porte": porte, "reparti": reparti, "charge": total([porte, reparti])}
        if acte:
            attendus |= {"genre": acte.genre, "montant": acte.montant}
        yield from _comparer(dotation, attendus)


def _exercices(parts):
    ouvertures = {une.exercice_id: une for une in Ouverture.objects.order_by("date", "pk")}
    plafonds = defaultdict(list)
    for dotation, acte in parts:
        if not dotation.territoire_id:
            plafonds[dotation.exercice_id].append(_prend(acte))
    for exercice in Exercice.objects.select_related("enveloppe").order_by("pk"):
        une = ouvertures.get(exercice.pk)
        yield from _comparer(
            exercice,
            {
                "ouvert_ae": une.ae if une else None,
                "ouvert_cp": une.cp if une else None,
                "reparti": total(plafonds[exercice.pk]),
            },
        )
