"""Checks of the lists: territories, members, coverage, figures, regions, names."""

from collections import Counter, defaultdict
from decimal import Decimal

from django.utils import timezone

from tableurs.francais import enumeration, jour
from territoires.enums import NatureCollectivite
from territoires.models import Perimetre, Region, Territoire
from territoires.reference import lire
from territoires.terres import Terres

from .base import Anomalie, Information, citer

# How many territories each list of the reference has: the announcement of 22 November 2018 to the Conseil national
# de l'industrie, and the final list of phase 1 published by the ANCT on data.gouv.fr (sources: listes.csv).
EFFECTIFS = {"2018-11-22": 124, "2022-12-31": 149}


def verifier_listes(base):
    """Each list of `fixtures/listes/` has its official number of territories, in its file and in the base."""
    presentes = {liste.slug: liste for liste in base.listes}
    for ligne in lire("listes/listes.csv"):
        codes = Counter(rang.get("code") or rang["id_ti"] for rang in lire(f"listes/{ligne['fichier_liste']}"))
        attendu = EFFECTIFS.get(ligne["slug"], codes.total())
        if codes.total() != attendu:
            yield Anomalie(f"{ligne['fichier_liste']} a {codes.total()} lignes au lieu de {attendu}.")
        if doubles := [code for code, fois in codes.items() if fois > 1]:
            yield Anomalie(f"{ligne['fichier_liste']} répète {citer(doubles)}.")
        liste = presentes.get(ligne["slug"])
        if liste is None:
            yield Anomalie(f"La liste « {ligne['titre']} » n'est pas dans la base.")
            continue
        inscrits = {inscription.code for inscription in base.inscriptions[liste.pk]}
        if manquants := codes.keys() - inscrits:
            yield Anomalie(f"{liste} : {citer(manquants)} ne sont pas dans la base.")
        if de_trop := inscrits - codes.keys():
            yield Anomalie(f"{liste} : {citer(de_trop)} ne sont pas dans {ligne['fichier_liste']}.")
        yield Information(f"{liste} : {len(inscrits)} territoires.")


def verifier_membres(base):
    """Every member is known, has communes on its list's date, and a successor when it has ended."""
    presentes = {liste.slug: liste for liste in base.listes}
    for ligne in lire("listes/listes.csv"):
        attendus = {
            (rang["id_ti"], rang["insee_com"] or rang["siren_epci"])
            for rang in lire(f"listes/{ligne['fichier_membres']}")
        }
        if inconnus := {code for _, code in attendus} - base.collectivites.keys():
            yield Anomalie(f"{ligne['fichier_membres']} : codes inconnus : {citer(inconnus)}.")
        if liste := presentes.get(ligne["slug"]):
            presents = {
                (inscription.code, membre.collectivite_id)
                for inscription in base.inscriptions[liste.pk]
                for membre in base.membres[inscription.pk]
            }
            if manquants := attendus - presents:
                yield Anomalie(f"{liste} : membres absents de la base : {citer(map(' '.join, manquants))}.")
            if ajoutes := presents - attendus:
                yield Information(f"{liste} : membres ajoutés depuis : {citer(map(' '.join, ajoutes))}.")
    sans_commune, finis = defaultdict(list), {}
    for liste in base.listes:
        for inscription in base.inscriptions[liste.pk]:
            for membre in base.membres[inscription.pk]:
                collectivite = base.collectivites[membre.collectivite_id]
                if not base.communes(collectivite.code, liste.date):
                    sans_commune[liste].append(f"{collectivite.nom} ({collectivite.code}, {inscription.code})")
                if collectivite.au:
                    finis[collectivite.code] = collectivite
    for liste, membres in sans_commune.items():
        yield Anomalie(f"{liste} : membres sans aucune commune à cette date : {citer(membres)}.")
    for code, collectivite in sorted(finis.items()):
        successeur = base.collectivites.get(collectivite.remplacee_par_id)
        if successeur is None:
            yield Anomalie(f"{collectivite.nom} ({code}) a pris fin le {jour(collectivite.au)} sans successeur.")
        else:
            yield Information(
                f"{collectivite.nom} ({code}) a pris fin le {jour(collectivite.au)}, "
                f"remplacée par {successeur.nom} ({successeur.code})."
            )


def verifier_recouvrements(base):
    """No ground is in two territories of one list, and the coverage is the one that the members give."""
    aujourdhui = timezone.localdate()
    sans_suite = [
        code
        for code, collectivite in base.collectivites.items()
        if collectivite.nature == NatureCollectivite.COMMUNE and base.actuelle(code) is None
    ]
    if sans_suite:
        yield Anomalie(f"Communes qui ne mènent à aucune commune d'aujourd'hui : {citer(sans_suite)}.")
        return
    for liste in base.listes:
        terres, titulaires = Terres(liste), {}
        for inscription in base.inscriptions[liste.pk]:
            couvertes = base.couvertes(inscription, liste)
            siennes = terres.de(couvertes)
            for terre in sorted(siennes):
                if terre in titulaires:
                    yield Anomalie(
                        f"{liste} : {base.collectivites[terre].nom} ({terre}) est à la fois dans "
                        f"{titulaires[terre]} et dans {inscription}."
                    )
                titulaires[terre] = inscription
            attendue = {
                actuelle: bool(terres.de({actuelle: aujourdhui}) - siennes)
                for actuelle in map(base.actuelle, couvertes)
            }
            ecarts = {
                code
                for code in attendue.keys() | base.couvertures[inscription.pk].keys()
                if attendue.get(code) != base.couvertures[inscription.pk].get(code)
            }
            if ecarts:
                yield Anomalie(f"{liste} : la couverture de {inscription} est à recalculer ({citer(ecarts)}).")
            if partielles := [base.collectivites[code].nom for code, partielle in attendue.items() if partielle]:
                yield Information(f"{liste} : {inscription} ne couvre qu'en partie {citer(partielles)}.")


def verifier_perimetres(base):
    """Each territory has its perimeter, whose figures are those of the communes it covers."""
    perimetres = {
        perimetre.pk: perimetre
        for perimetre in Perimetre.objects.defer("geometrie", "trace", "trace_carte").prefetch_related(
            "departements", "regions"
        )
    }
    for liste in base.listes:
        for inscription in base.inscriptions[liste.pk]:
            perimetre = perimetres.get(inscription.pk)
            if perimetre is None:
                yield Anomalie(f"{liste} : {inscription} n'a pas de périmètre.")
                continue
            communes = [base.collectivites[code] for code in base.couvertures[inscription.pk]]
            departements = {commune.departement_id for commune in communes}
            attendus = {
                "communes": len(communes),
                "population": sum(commune.population or 0 for commune in communes),
                "superficie": sum((commune.superficie or Decimal(0) for commune in communes), Decimal(0)),
                "départements": departements,
                "régions": {base.region_de[departement] for departement in departements},
            }
            ecrits = {
                "communes": perimetre.nb_communes,
                "population": perimetre.population,
                "superficie": perimetre.superficie,
                "départements": {departement.pk for departement in perimetre.departements.all()},
                "régions": {region.pk for region in perimetre.regions.all()},
            }
            if faux := [champ for champ, valeur in attendus.items() if ecrits[champ] != valeur]:
                yield Anomalie(f"{liste} : le périmètre de {inscription} est à recalculer ({enumeration(faux)}).")


def verifier_regions(base):
    """Regions as published and those of the communes, where they differ: the published ones prevail."""
    noms = dict(Region.objects.values_list("code", "nom"))
    for liste in base.listes:
        for inscription in base.inscriptions[liste.pk]:
            publiees = {region.pk for region in inscription.regions.all()}
            calculees = {
                base.region_de[base.collectivites[code].departement_id] for code in base.couvertures[inscription.pk]
            }
            if publiees and publiees != calculees:
                yield Information(
                    f"{liste} : {inscription} : publié {citer(noms[code] for code in publiees)}, "
                    f"communes de {citer(noms[code] for code in calculees)}."
                )
            if inscription.region_id not in publiees | calculees:
                yield Anomalie(f"{liste} : {inscription} n'est pas dans sa région pilote ({inscription.region}).")


def verifier_noms(base):
    """A territory has the name of its latest list, and is of the phase of its lists."""
    derniers = {}
    for liste in base.listes:
        for inscription in base.inscriptions[liste.pk]:
            derniers[inscription.territoire] = inscription.nom
            if inscription.territoire.phase_id != liste.phase_id:
                yield Anomalie(f"{liste} : {inscription} y est inscrit comme territoire d'une autre phase.")
    for territoire, nom in derniers.items():
        if territoire.nom != nom:
            yield Anomalie(f"{territoire.code} s'appelle « {territoire.nom} », et « {nom} » dans sa dernière liste.")
    if jamais := [territoire for territoire in Territoire.objects.all() if territoire not in derniers]:
        yield Information(f"Territoires d'aucune liste : {citer(jamais)}.")
