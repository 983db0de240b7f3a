"""The projects of the territories that a person follows: how many, with whom, and how many are late or blocked."""

from django.db.models import Count, Q

from programme.enums import EtatProjet, Meteo
from programme.models import Projet

EN_RETARD, BLOQUES = "retard=on", f"meteo={Meteo.BLOQUE}"


def colonnes():
    """Return {what the address of the list asks for: words}, in the order of the table."""
    groupes = {f"etat={cle}": libelle for cle, (libelle, _) in EtatProjet.groupes().items()}
    return {**groupes, EN_RETARD: "Réalisation en retard", BLOQUES: "Bloqués"}


def compter(personne, territoires):
    """Return {territoire: [number, by column]} of the projects that they lead, as a person knows them: one query."""
    connus = Projet.objects.connus_par(personne).filter(archive_le=None, territoire__in=territoires).order_by()
    nombres = {cle: Count("pk", filter=Q(etat__in=etats)) for cle, (_, etats) in EtatProjet.groupes().items()}
    en_retard = Count("pk", filter=Q(pk__in=Projet.objects.en_retard().values("pk")))
    bloques = Count("pk", filter=Q(meteo=Meteo.BLOQUE, etat__in=EtatProjet.suivis()))
    lignes = connus.values("territoire").annotate(**nombres, en_retard=en_retard, bloques=bloques)
    return {ligne.pop("territoire"): list(ligne.values()) for ligne in lignes}


def totaliser(comptes):
    """Return [number, by column] over the territories: a project counts in its lead territory only."""
    return [sum(colonne) for colonne in zip(*comptes.values(), strict=True)]


def en_colonnes(nombres):
    """Return [(question, words, number)]: zeros when there are none."""
    entetes = colonnes()
    return [(*entete, nombre) for entete, nombre in zip(entetes.items(), nombres or [0] * len(entetes), strict=True)]
