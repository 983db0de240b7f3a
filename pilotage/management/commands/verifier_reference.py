"""`manage.py verifier_reference`: is the reference in the base sound? Exit 1 and a report when it isn't."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import capfirst

from programme.models import Besoin, Enveloppe, Mesure
from tableurs.francais import pluriel
from tableurs.typographie import typographier
from territoires.reference import lire
from territoires.verification import Constat, verifier
from territoires.verification.base import citer

# What the announcement of 22 November 2018 names; `fixtures/programme/` says how well each row is known.
CATALOGUE = ((Besoin, "besoins", 4), (Mesure, "mesures", 18), (Enveloppe, "enveloppes", 3))


class Command(BaseCommand):
    help = "Vérifie les listes, les périmètres, les totaux et le catalogue ; sort en erreur s'il y a une anomalie."

    def handle(self, *args, **options):
        constats = [*verifier(), verifier_catalogue()]
        for constat in constats:
            self.stdout.write(f"{constat.controle} : {'à corriger' if constat.anomalies else 'rien à signaler'}")
            for phrase in constat.anomalies:
                self.stdout.write(f"  ✗ {phrase}")
            for phrase in constat.informations:
                self.stdout.write(f"  · {phrase}")
        anomalies = sum(len(constat.anomalies) for constat in constats)
        if anomalies:
            touches = ", ".join(constat.controle for constat in constats if constat.anomalies)
            raise CommandError(typographier(f"{anomalies} {pluriel(anomalies, 'anomalie')} : {touches}."))


def verifier_catalogue():
    """Return the `Constat` on needs, measures and envelopes: those of the fixtures are in the base."""
    anomalies = []
    for modele, fichier, attendu in CATALOGUE:
        codes = {ligne["code"] for ligne in lire(f"programme/{fichier}.csv")}
        if len(codes) != attendu:
            anomalies.append(f"{fichier}.csv a {len(codes)} lignes au lieu de {attendu}.")
        if manquants := codes - set(modele.objects.values_list("code", flat=True)):
            nom = capfirst(modele._meta.verbose_name_plural)
            anomalies.append(f"{nom} : {citer(manquants)} ne sont pas dans la base.")
    return Constat("Catalogue", [typographier(phrase) for phrase in anomalies], [])
