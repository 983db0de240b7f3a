"""What all resources share, seen through the administrative map: identity, rules of the model, changes shown."""

import pytest

from tableurs.enums import Seau
from tableurs.ressources import RessourceImport, ressource, toutes
from territoires.models import Collectivite
from tests.factories import CommuneFactory, DepartementFactory
from tests.tableurs.lots_essai import deposer, raisons, seaux, siren

pytestmark = pytest.mark.django_db

ENTETES = ["code", "nature", "nom", "departement", "population", "superficie", "du", "au", "remplacee_par"]


@pytest.fixture(autouse=True)
def ancienne(base_vide):
    DepartementFactory(code="01")
    DepartementFactory(code="2A")
    return CommuneFactory(code="01001", nom="Ancien nom", departement_id="01", population=10)


def importer(*lignes):
    complete = [[*ligne, *[""] * (len(ENTETES) - len(ligne))] for ligne in lignes]
    return deposer([ENTETES, *complete], "collectivites")


def test_les_ressources_se_declarent_seules():
    assert {"territoires", "collectivites"} <= set(toutes())
    with pytest.raises(KeyError):
        ressource("inconnue")


@pytest.mark.parametrize("cle", sorted(toutes()))
def test_chaque_ressource_dit_son_nom_ses_colonnes_et_ce_qu_elle_ecrit(cle):
    classe = toutes()[cle]
    assert classe.nom
    assert classe.modeles
    # One of several may do: the resource then says which ones itself.
    assert any(colonne.requise for colonne in classe.colonnes) or classe.verifier is not RessourceImport.verifier
    assert len({colonne.cle for colonne in classe.colonnes}) == len(classe.colonnes)


def test_un_changement_est_montre_champ_par_champ_avant_et_apres():
    lot = importer(["01001", "COM", "Nouveau nom", "01", "1 234"])
    assert seaux(lot) == [Seau.MODIFIEE]
    changements = {c["champ"]: (c["avant"], c["apres"]) for c in lot.details.get().changements}
    assert changements["nom"] == ("Ancien nom", "Nouveau nom")
    assert changements["population municipale"] == ("10", "1234")
    assert "code Insee ou SIREN" not in changements


def test_un_objet_redit_autrement_est_refuse_redit_pareil_est_un_doublon():
    ligne = ["01002", "COM", "Neuve", "01"]
    lot = importer(ligne, ligne, ["1002", "COM", "Autre", "01"])
    assert seaux(lot) == [Seau.CREEE, Seau.DOUBLON, Seau.REFUSEE]
    assert "d'autres valeurs" in raisons(lot)[4]


def test_ce_que_le_fichier_ne_dit_pas_n_est_pas_touche():
    lot = deposer([["code", "nature", "nom"], ["01001", "COM", "Nouveau nom"]], "collectivites")
    (operation,) = lot.details.get().operations
    assert operation["apres"] == {"nom": "Nouveau nom"}


def test_une_mise_a_jour_du_decoupage_ne_fait_rien_disparaitre():
    lot = importer(["01002", "COM", "Neuve", "01"])
    assert lot.disparus == 0


def test_une_fusion_se_dit_avec_son_successeur_dans_le_meme_fichier():
    lot = importer(
        ["01001", "COM", "Ancien nom", "01", "10", "", "", "31/12/2024", "1009"],
        ["01009", "COM", "Commune nouvelle", "01", "", "", "01/01/2025"],
    )
    assert seaux(lot) == [Seau.MODIFIEE, Seau.CREEE]


def test_une_ligne_est_refusee_avec_celle_qu_elle_nomme():
    lot = importer(
        ["01001", "COM", "Ancien nom", "01", "10", "", "", "31/12/2024", "01009"],
        ["01009", "COM", "Refusée", "99", "", "", "01/01/2025"],
    )
    assert seaux(lot) == [Seau.REFUSEE, Seau.REFUSEE]


@pytest.mark.parametrize(
    ("ligne", "raison"),
    [
        (["99001", "COM", "Neuve", "01"], "n'est pas un code Insee"),
        (["123456789", "CC", "Neuve"], "clé de contrôle"),
        (["01003", "COM", "Neuve", ""], "a un département"),
        (["01003", "COM", "Neuve", "99"], "Aucun département"),
        (["01003", "COM", "Neuve", "01", "-5"], ""),
        (["01003", "COM", "Neuve", "01", "", "", "01/01/2025", "01/01/2024"], "fin doit suivre"),
        (["01003", "COM", "Neuve", "01", "", "", "", "01/01/2024", "01777"], "ni dans la base"),
        (["01003", "COM", "Neuve", "01", "", "", "", "", "01001"], "a pris fin"),
        (["01003", "COM", "Neuve", "01", "", "", "", "01/01/2024", "01003"], "a pris fin"),
        (["01003", "COM", "x" * 201, "01"], "200"),
        (["01003", "Hameau", "Neuve", "01"], ""),
    ],
)
def test_ce_que_la_base_refuserait_est_refuse_des_l_apercu(ligne, raison):
    lot = importer(ligne)
    assert seaux(lot) == [Seau.REFUSEE]
    assert raison in raisons(lot)[2]
    assert lot.details.get().problemes[0]["lettre"]


def test_les_codes_abimes_par_un_tableur_sont_retablis():
    lot = importer(["1002", "COM", "Neuve", "1"], ["2A004", "COM", "Corse", "2a"], [siren(7), "CC", "Groupement"])
    assert seaux(lot) == [Seau.CREEE] * 3
    codes = [ligne.operations[0]["apres"]["code"] for ligne in lot.details.order_by("pk")]
    assert codes == ["01002", "2A004", siren(7)]
    assert Collectivite.objects.count() == 1
