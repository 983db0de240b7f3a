"""Awards that eight people record at once on one share, against the least that could be written: its row, updated."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from comptes.enums import QualiteNationale
from comptes.models import EquipeNationale
from comptes.parcours import passer
from programme.argent.enums import AutoriteFinanciere, Financeur
from programme.enums import EtatProjet
from programme.models import Dotation, Enveloppe, Exercice, Financement, Projet
from territoires.models import Region

FILS, PAR_FIL, TOURS = 8, 25, 3
# At least this much of the rate of `filter().update()` in `atomic` on the same row. SQLite has no lock of a row: there,
# what is measured is how long Python takes, printed without any goal.
BUT = Decimal("0.05")
UN_EURO = Decimal("1.00")


def mesurer_argent():
    """Print the rates, and return what is over its goal. Each commit waits for the disk."""
    par = get_user_model().objects.create_user("banc@exemple.example", prenom="Banc", nom="d'essai")
    EquipeNationale.objects.create(personne=par, qualite=QualiteNationale.ADMINISTRATEUR)
    enveloppe = Enveloppe.objects.create(code="BANC", nom="Banc d'essai", phase=Enveloppe.objects.first().phase)
    exercice = Exercice.objects.create(enveloppe=enveloppe, annee=2026)
    dotation = Dotation.objects.create(exercice=exercice, region=Region.objects.first())
    attribuees, ecrites = [], []
    for _ in range(TOURS):
        lignes = _lignes(dotation, enveloppe, par)
        attribuees.append(_cadence(lambda ligne: _attribuer(ligne, dotation, par), lignes))
        ecrites.append(_cadence(lambda ligne: _ecrire(dotation), lignes))
    rapport = Decimal(max(attribuees)) / Decimal(max(ecrites))
    print(
        f"\nAttributions par {FILS} personnes à la fois sur une enveloppe régionale, par seconde ({connection.vendor})"
    )
    print(f"{'sa rangée seule, mise à jour':34} {max(ecrites):8.0f}")
    print(f"{'une attribution, avec son journal':34} {max(attribuees):8.0f} {100 * rapport:6.1f} % / {100 * BUT:.0f} %")
    dotation.refresh_from_db()
    if dotation.porte != TOURS * FILS * PAR_FIL * UN_EURO:
        raise SystemExit(f"L'enveloppe porte {dotation.porte} : des attributions manquent.")
    return ["attributions à plusieurs"] if connection.vendor == "postgresql" and rapport < BUT else []


def _lignes(dotation, enveloppe, par):
    projets = list(Projet.objects.filter(etat__in=EtatProjet.suivis()).order_by("pk")[: FILS * PAR_FIL])
    Projet.objects.filter(pk__in=[projet.pk for projet in projets]).update(cout_total=None, cout_total_taxe="")
    return Financement.objects.bulk_create(
        Financement(
            projet=projets[rang % len(projets)], financeur=Financeur.ENVELOPPE, enveloppe=enveloppe,
            region=dotation.region, demande=UN_EURO, saisi_par=par,
        )
        for rang in range(FILS * PAR_FIL)
    )  # fmt: skip


def _attribuer(ligne, dotation, par):
    decision = {"autorite": AutoriteFinanciere.OPERATEUR, "date": "2026-01-15", "acte": "Banc d'essai"}
    passer(ligne, "attribuer", par, montant=UN_EURO, dotation=dotation, **decision)


def _ecrire(dotation):
    with transaction.atomic():
        Dotation.objects.filter(pk=dotation.pk).update(genre=dotation.genre)


def _cadence(faire, lignes):
    """Return how many a second, all threads together."""
    depart = Barrier(FILS + 1)

    def courir(siennes):
        _attendre_le_disque()
        depart.wait()
        try:
            for ligne in siennes:
                faire(ligne)
        finally:
            connection.close()

    with ThreadPoolExecutor(FILS) as equipe:
        courses = [equipe.submit(courir, lignes[rang::FILS]) for rang in range(FILS)]
        depart.wait()
        debut = time.perf_counter()
        for course in courses:
            # What a thread raised is raised here.
            course.result()
    return len(lignes) / (time.perf_counter() - debut)


def _attendre_le_disque():
    with connection.cursor() as curseur:
        if connection.vendor == "sqlite":
            curseur.execute("PRAGMA synchronous=FULL")
        else:
            curseur.execute("SHOW fsync")
            if curseur.fetchone() != ("on",):
                raise SystemExit("PostgreSQL n'attend pas le disque : mesurer avec ATTENDRE_LE_DISQUE=1.")
