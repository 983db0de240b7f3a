"""The administrative map brought in whole: what a complete file lacks has disappeared, and can be ended."""

import datetime
import io
import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from tableurs import lots
from tableurs.enums import Seau
from tableurs.models import LotImport
from territoires.models import Collectivite
from tests.factories import CommuneFactory, EpciFactory
from tests.tableurs.conftest import alice, equipe  # noqa: F401 - fixtures
from tests.tableurs.ecrans import appliquer, envoi, texte
from tests.tableurs.fichiers import fichier_csv
from tests.tableurs.lots_essai import comptes, deposer, photographie
from tests.territoires.pays import PLATEAU, VALLEE

pytestmark = pytest.mark.django_db

ENTETES = ["code", "nature", "nom", "departement"]
JOUR, VEILLE = datetime.date(2025, 1, 1), datetime.date(2024, 12, 31)
COMPLET = {"complet_au": JOUR.isoformat()}
DEPOT = "/imports/nouveau/?ressource=collectivites"


def communes(*codes):
    return [[code, "COM", Collectivite.objects.get(pk=code).nom, code[:2]] for code in codes]


def importer(lignes, options=COMPLET):
    return deposer([ENTETES, *lignes], "collectivites", options)


def disparus(lot):
    return {ligne.libelle.rpartition("(")[2][:-1] for ligne in lot.details.filter(seau=Seau.DISPARU)}


@pytest.fixture
def toutes(carte):
    return [code for code in carte if code not in ("42008", "42009")] + ["42010"]


def test_une_mise_a_jour_ne_fait_rien_disparaitre(toutes):
    assert comptes(importer(communes("01001"), {})) == {"inchanges": 1}


def test_un_fichier_complet_montre_ce_qui_lui_manque_et_garde_tout(toutes):
    lot = importer(communes(*toutes[2:]))
    assert disparus(lot) == {"01001", "01002"}
    avant = photographie(Collectivite)
    lots.appliquer(lot)
    assert photographie(Collectivite) == avant


def test_mettre_fin_date_de_la_veille_et_s_annule(toutes):
    avant = photographie(Collectivite)
    lot = importer(communes(*toutes[2:]))
    lots.choisir_les_disparus(lot, [lot.details.get(libelle__contains="(01001)").pk], terminer=True)
    lots.appliquer(lot)
    assert Collectivite.objects.get(pk="01001").au == VEILLE
    assert Collectivite.objects.get(pk="01002").au is None
    assert Collectivite.historique.filter(history_change_reason=lot.motif).count() == 1
    assert disparus(importer(communes(*toutes[2:]))) == {"01002"}
    lots.annuler(lot)
    assert photographie(Collectivite) == avant


def test_seules_les_natures_du_fichier_sont_regardees(toutes):
    epci = [VALLEE, "CC", f"CC {VALLEE}", ""]
    assert disparus(importer([epci])) == {code for code in disparus(importer([epci])) if len(code) == 9} >= {PLATEAU}
    # One row of another nature that is refused says nothing of that nature.
    lot = importer([*communes(*toutes), ["123456789", "CC", "Mal saisie", ""]])
    assert comptes(lot) == {"inchanges": len(toutes), "refuses": 1}


def test_seules_celles_qui_existaient_ce_jour_la_ont_disparu(toutes):
    CommuneFactory(code="01050", departement_id="01", au=VEILLE)
    CommuneFactory(code="01051", departement_id="01", au=JOUR)
    CommuneFactory(code="01052", departement_id="01", du=JOUR + datetime.timedelta(days=1))
    CommuneFactory(code="01053", departement_id="01", du=JOUR)
    lot = importer(communes(*toutes))
    assert disparus(lot) == {"01051", "01053"}
    lots.choisir_les_disparus(lot, None, terminer=True)
    lots.appliquer(lot)
    assert Collectivite.objects.get(pk="01051").au == VEILLE
    assert Collectivite.objects.get(pk="01053").au is None, "it can't have ended before it began"


@pytest.mark.parametrize(
    "ligne",
    [["1001", "COM", "", "01"], ["01001", "zzz", "Nom", "01"], ["01001", "COM", "Nom", "99"], ["01001", "CC", "x", ""]],
)
def test_une_ligne_refusee_ne_fait_pas_disparaitre_celle_qu_elle_nomme(toutes, ligne):
    lot = importer([*communes(*toutes[1:]), ligne])
    assert (lot.refuses, lot.disparus) == (1, 0)


def test_une_intercommunalite_refusee_n_a_pas_disparu(carte):
    EpciFactory(code="200000008", nom="Autre")
    lot = importer([[VALLEE, "CC", "x", ""], [f"{PLATEAU[:3]} {PLATEAU[3:]}", "CC", "", ""]])
    assert PLATEAU not in disparus(lot)
    assert "200000008" in disparus(lot)


@pytest.mark.parametrize("jour", ["demain", "2025-13-01", "0001-01-01", "9999-12-31"])
def test_une_date_absurde_est_dite_avant_de_lire(toutes, jour):
    with pytest.raises(lots.ColonnesIncompletes, match=r"n'existe pas|Vérifiez l'année"):
        importer(communes("01001"), {"complet_au": jour})


# --- The screens and the command ---------------------------------------------------------------------------------
def test_l_option_se_choisit_a_l_ecran_et_se_dit_jusqu_a_l_application(toutes, equipe):  # noqa: F811
    fichier = envoi([ENTETES, *communes(*toutes[1:])], "cog.csv")
    choix = {"contenu": "complet", "complet_au": "2025-01-01"}
    reponse = equipe.post(DEPOT, {"fichier": fichier, **choix})
    assert reponse.status_code == 302, texte(reponse)
    assert "fichier complet au 1er janvier 2025" in texte(equipe.get(reponse.url))
    places = {f"colonne_{rang}": nom for rang, nom in enumerate(ENTETES)}
    page = texte(equipe.post(reponse.url, places, follow=True))
    assert "1 disparu dans la base, pas dans le fichier ; gardé" in page
    lot = LotImport.objects.get()
    page = texte(equipe.get(f"{lot.get_absolute_url()}?seau=disparu"))
    assert "a existé jusqu'au 31 décembre 2024, veille du fichier" in page
    equipe.post(reverse("import_disparus", args=[lot.cle]), {"tous": "terminer"})
    appliquer(equipe, lot)
    assert Collectivite.objects.get(pk="01001").au == VEILLE


@pytest.mark.parametrize(
    ("choix", "attendu"),
    [
        ({"contenu": "complet"}, "Indiquez la date à laquelle le fichier est complet."),
        ({"contenu": "complet", "complet_au": "31/02/2025"}, "Cette date n'existe pas"),
        ({"contenu": "complet", "complet_au": "1066-10-14"}, "Vérifiez l'année"),
        ({"contenu": "", "complet_au": "2025-01-01"}, "choisissez « Toutes les collectivités », ou effacez-la"),
        ({"contenu": "\0"}, "Sélectionnez un choix valide"),
    ],
)
def test_une_option_a_moitie_dite_est_demandee(toutes, equipe, choix, attendu):  # noqa: F811
    reponse = equipe.post(DEPOT, {"fichier": envoi([ENTETES, *communes("01001")]), **choix})
    assert attendu in texte(reponse)
    assert not LotImport.objects.exists()


def test_la_commande_a_la_meme_option(tmp_path, toutes):
    chemin = tmp_path / "cog.csv"
    chemin.write_bytes(fichier_csv([ENTETES, *communes(*toutes[2:])]))
    for options, attendus in (((), 0), (("--complet-au", "2025-01-01"), 2)):
        sortie = io.StringIO()
        call_command("importer", "collectivites", str(chemin), "--json", *options, stdout=sortie)
        assert json.loads(sortie.getvalue())["disparus"] == attendus
