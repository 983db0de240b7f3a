"""Load the reference rows of the room from `fixtures/`: what exists is brought up to date, nothing is deleted."""

import csv
import lzma
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.apps import apps
from django.conf import settings
from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from tableurs import masse
from tableurs.francais import normaliser
from territoires import perimetres, recherche
from territoires.enums import Fiabilite, NatureCollectivite
from territoires.models import (
    Collectivite,
    Composition,
    Departement,
    Inscription,
    Liste,
    Phase,
    Rattachement,
    Region,
    Territoire,
)

DOSSIER = settings.BASE_DIR / "fixtures"
TAILLE_DE_LOT = 2000


@dataclass
class Bilan:
    """How many rows of a model were created, changed, left as they were."""

    crees: int = 0
    modifies: int = 0
    inchanges: int = 0

    @property
    def change(self):
        return bool(self.crees or self.modifies)


def lire(chemin):
    """Yield the rows of a reference file (`.csv` or `.csv.xz`), relative to `fixtures/`, as dictionaries."""
    chemin = DOSSIER / chemin
    ouvrir = lzma.open if chemin.suffix == ".xz" else open
    with ouvrir(chemin, "rt", encoding="utf-8", newline="") as fichier:
        yield from csv.DictReader(fichier)


def synchroniser(modele, cle, lignes, mettre_a_jour=True):
    """Bring the rows of `modele` to what `lignes` (dictionaries of attributes) say, with history, in bulk.

    `cle` names the attributes that identify a row. With `mettre_a_jour=False` rows that exist are left as people
    made them. Rows that the file doesn't name stay. Returns a `Bilan`.
    """
    existants = {tuple(getattr(objet, champ) for champ in cle): objet for objet in modele.objects.all()}
    bilan, nouveaux, modifies, champs_modifies = Bilan(), [], [], set()
    for ligne in lignes:
        objet = existants.get(tuple(ligne[champ] for champ in cle))
        if objet is None:
            nouveaux.append(modele(**ligne))
            continue
        differents = [champ for champ, valeur in ligne.items() if getattr(objet, champ) != valeur]
        if not differents or not mettre_a_jour:
            bilan.inchanges += 1
            continue
        for champ in differents:
            setattr(objet, champ, ligne[champ])
        champs_modifies.update(champ.removesuffix("_id") for champ in differents)
        modifies.append(objet)
    bulk_create_with_history(nouveaux, modele, batch_size=TAILLE_DE_LOT)
    if modifies:
        bulk_update_with_history(modifies, modele, sorted(champs_modifies), batch_size=TAILLE_DE_LOT)
    bilan.crees, bilan.modifies = len(nouveaux), len(modifies)
    return bilan


@transaction.atomic
def charger():
    """Load everything of the room in one transaction. Returns {model label: Bilan}."""
    bilans = {
        Region: synchroniser(Region, ["code"], _lignes_regions()),
        Departement: synchroniser(Departement, ["code"], _lignes_departements()),
        Collectivite: synchroniser(Collectivite, ["code"], _lignes_collectivites()),
        Rattachement: synchroniser(Rattachement, ["commune_id", "groupement_id", "du"], _lignes_rattachements()),
        Phase: synchroniser(Phase, ["numero"], _lignes_phases(), mettre_a_jour=False),
    }
    decoupage_change = any(bilan.change for bilan in bilans.values())
    if decoupage_change:
        recherche.reconstruire_appellations(lire("reference/anciens_noms.csv.xz"))
        perimetres.tracer_regions()
    bilans[Inscription] = Bilan()
    for ligne in lire("listes/listes.csv"):
        bilan, liste = _charger_liste(ligne)
        bilans[Inscription].crees += bilan.crees
        bilans[Inscription].inchanges += bilan.inchanges
        if bilan.change or decoupage_change:
            perimetres.appliquer(liste)
    if any(bilan.change for bilan in bilans.values()):
        masse.rafraichir_statistiques(*apps.get_app_config("territoires").get_models())
    return {modele._meta.verbose_name_plural: bilan for modele, bilan in bilans.items()}


def _lignes_regions():
    for ligne in lire("reference/regions.csv"):
        yield {"code": ligne["code"], "nom": ligne["nom"], "nom_normalise": normaliser(ligne["nom"])}


def _lignes_departements():
    for ligne in lire("reference/departements.csv"):
        yield {
            "code": ligne["code"],
            "nom": ligne["nom"],
            "nom_normalise": normaliser(ligne["nom"]),
            "region_id": ligne["region"],
        }


def _lignes_collectivites():
    for ligne in lire("reference/communes.csv.xz"):
        yield {
            "code": ligne["code"],
            "nature": NatureCollectivite.COMMUNE.value,
            "nom": ligne["nom"],
            "departement_id": ligne["departement"],
            "population": _entier(ligne["population"]),
            "superficie": _decimal(ligne["superficie"]),
            "longitude": _decimal(ligne["longitude"]),
            "latitude": _decimal(ligne["latitude"]),
            "codes_postaux": ligne["codes_postaux"],
            "du": _jour(ligne["du"]),
            "au": _jour(ligne["au"]),
            "remplacee_par_id": ligne["remplacee_par"] or None,
        }
    for ligne in lire("reference/groupements.csv"):
        yield {
            "code": ligne["siren"],
            "nature": ligne["nature"],
            "nom": ligne["nom"],
            "population": _entier(ligne["population"]),
            "du": _jour(ligne["du"]),
            "au": _jour(ligne["au"]),
            "remplacee_par_id": ligne["remplace_par"] or None,
        }


def _lignes_rattachements():
    for ligne in lire("reference/rattachements.csv.xz"):
        yield {
            "commune_id": ligne["commune"],
            "groupement_id": ligne["groupement"],
            "du": _jour(ligne["du"]),
            "au": _jour(ligne["au"]),
        }


def _lignes_phases():
    for ligne in lire("listes/phases.csv"):
        yield {
            "numero": int(ligne["numero"]),
            "nom": ligne["nom"],
            "debut": _jour(ligne["debut"]),
            "fin": _jour(ligne["fin"]),
        }


def _charger_liste(ligne):
    """Create a list of the reference with its territories and members if it isn't there; people's lists stay theirs."""
    liste, creee = Liste.objects.get_or_create(
        slug=ligne["slug"],
        defaults={
            "titre": ligne["titre"],
            "date": _jour(ligne["date"]),
            "precision": ligne["precision"],
            "phase": Phase.objects.get(numero=ligne["phase"]),
            "source": ligne["source"],
        },
    )
    if not creee:
        return Bilan(inchanges=liste.inscriptions.count()), liste
    inscriptions = {}
    for rang in lire(f"listes/{ligne['fichier_liste']}"):
        # The two files name their columns as published.
        code, nom = rang.get("code") or rang["id_ti"], rang.get("nom") or rang["lib_ti"]
        inscription = Inscription.objects.create(
            liste=liste,
            territoire=_territoire(liste.phase, code, nom),
            code=code,
            nom=nom,
            region_id=rang.get("region_code") or code.removeprefix("ti-")[:2],
            fiabilite=rang.get("fiabilite") or Fiabilite.OFFICIEL,
            source=rang.get("source") or ("" if rang.get("fiabilite") else ligne["source"]),
        )
        inscription.regions.set([region for region in rang.get("regions", "").split("|") if region])
        inscriptions[code] = inscription
    bulk_create_with_history(
        [
            Composition(
                inscription=inscriptions[membre["id_ti"]],
                collectivite_id=membre["insee_com"] or membre["siren_epci"],
            )
            for membre in lire(f"listes/{ligne['fichier_membres']}")
        ],
        Composition,
        batch_size=TAILLE_DE_LOT,
    )
    return Bilan(crees=len(inscriptions)), liste


def _territoire(phase, code, nom):
    """Return the territory of this first code in the phase, created or renamed to its latest name."""
    territoire = Territoire.objects.filter(phase=phase, code=code).first()
    if territoire is None:
        return Territoire.objects.create(phase=phase, code=code, nom=nom)
    if territoire.nom != nom:
        territoire.nom = nom
        territoire.save()
    return territoire


def _entier(texte):
    return int(texte) if texte else None


def _decimal(texte):
    return Decimal(texte) if texte else None


def _jour(texte):
    return date.fromisoformat(texte) if texte else None
