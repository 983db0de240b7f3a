"""What is taken away from an import: rows by bucket, and the refused ones, annotated, to send again."""

import csv
import io
import json
import zipfile

import pytest
from django.core.management import call_command

from tableurs import exports_de_lots, lots
from tableurs.enums import Seau
from tableurs.exports_de_lots import MOTIF, exporter_lignes, exporter_refus
from tableurs.lecture import ouvrir
from tests.tableurs.fichiers import fichier_csv, xlsx

pytestmark = pytest.mark.django_db

ENTETES = ["Code", "Besoin", "Rang", "Titre", "Fiabilité", "Remarque"]
BONNE = ["NEUF-1", "attirer", "21", "Une mesure", "mention", "à garder"]
FAUTIVE = ["NEUF-2", "atirer", "x", "Une autre", "mention", "'=1+1"]
PRISE = ["NEUF-3", "attirer", "1", "Une troisième", "mention", ""]


def deposer(lignes=(BONNE, FAUTIVE, PRISE), entetes=ENTETES, **options):
    return lots.deposer(io.BytesIO(fichier_csv([entetes, *lignes])), "mesures.csv", "mesures", **options)


def octets(fichier):
    sortie = io.BytesIO()
    fichier.enregistrer(sortie)
    return sortie.getvalue()


def relire(contenu, feuille=None):
    with ouvrir(io.BytesIO(contenu), "essai") as classeur:
        return [cellules for _, cellules in classeur.lignes(feuille)]


def test_les_refus_gardent_les_en_tetes_et_disent_pourquoi():
    entetes, fautive, prise = relire(octets(exporter_refus(deposer())))
    assert entetes == [*ENTETES, MOTIF]
    assert fautive[:5] == FAUTIVE[:5]
    assert "n'est pas dans la liste" in fautive[-1]
    assert "n'est pas un nombre" in fautive[-1]
    assert prise[:3] == PRISE[:3]
    assert "Le rang 1" in prise[-1]


def test_les_cellules_fautives_sont_rouges_et_commentees():
    archive = zipfile.ZipFile(io.BytesIO(octets(exporter_refus(deposer()))))
    assert b"FFFFE9E9" in archive.read("xl/styles.xml")
    commentaires = archive.read("xl/comments1.xml").decode()
    for adresse in ("B2", "C2", "C3"):
        assert f'ref="{adresse}"' in commentaires
    assert commentaires.count("<comment ") == 3


def test_les_refus_corriges_reviennent_sans_que_le_motif_soit_lu():
    contenu = relire(octets(exporter_refus(deposer())))
    contenu[1][1], contenu[1][2], contenu[2][2] = "attirer", "22", "23"
    lot = lots.deposer(io.BytesIO(xlsx(contenu)), "corrige.xlsx", "mesures")
    assert (lot.lignes, lot.crees, lot.refuses) == (2, 2, 0)


def test_refuse_deux_fois_le_motif_n_est_pas_ecrit_deux_fois():
    lot = lots.deposer(io.BytesIO(octets(exporter_refus(deposer()))), "encore.xlsx", "mesures")
    assert lot.refuses == 2
    entetes, fautive, _ = relire(octets(exporter_refus(lot)))
    assert entetes == [*ENTETES, MOTIF]
    assert fautive[5] == "=1+1"
    assert "n'est pas dans la liste" in fautive[-1]


def test_des_colonnes_choisies_a_la_main_sont_reconnues_au_retour():
    entetes = ["A", "B", "C", "Titre", "E", "F"]
    choix = {"code": 0, "besoin": 1, "ordre": 2, "titre": 5, "fiabilite": 4}
    lot = deposer([FAUTIVE], entetes, choix=choix)
    lignes = relire(octets(exporter_refus(lot)))
    assert lignes[0][:3] == ["code", "besoin", "ordre"]
    retour = lots.deposer(io.BytesIO(xlsx(lignes)), "retour.xlsx", "mesures")
    assert retour.correspondance == lot.correspondance
    assert retour.refuses == 1


def test_les_commentaires_ont_une_limite_pas_les_motifs(monkeypatch):
    monkeypatch.setattr(exports_de_lots, "COMMENTAIRES_MAX", 1)
    contenu = octets(exporter_refus(deposer()))
    assert zipfile.ZipFile(io.BytesIO(contenu)).read("xl/comments1.xml").count(b"<comment ") == 1
    assert all(ligne[-1] for ligne in relire(contenu))


def test_une_cellule_vide_refusee_est_marquee_elle_aussi():
    contenu = octets(exporter_refus(deposer([["NEUF-4", "", "30", "Titre", "mention", ""]])))
    assert b'ref="B2"' in zipfile.ZipFile(io.BytesIO(contenu)).read("xl/comments1.xml")


def test_les_lignes_se_prennent_par_seau():
    lot = deposer()
    texte = octets(exporter_lignes(lot, Seau.REFUSEE, "csv")).decode("utf-8-sig")
    refusees = list(csv.reader(io.StringIO(texte), delimiter=";"))
    assert refusees[0] == ["Ligne", "Résultat", "Objet", *ENTETES, "Changements", MOTIF]
    assert [ligne[0] for ligne in refusees[1:]] == ["3", "4"]
    assert refusees[1][8] == "'=1+1"
    toutes = json.loads(octets(exporter_lignes(lot, None, "json")))["lignes"]
    assert len(toutes) == 3 + lot.disparus
    assert toutes[0]["resultat"] == "creee"
    assert "titre :  → Une mesure" in toutes[0]["changements"]
    assert relire(octets(exporter_lignes(lot, Seau.DISPARU, "ods")))[1][2].startswith("ATT-1")
    assert len(relire(octets(exporter_lignes(lot, Seau.INCHANGEE, "xlsx")))) == 1


def test_prendre_les_lignes_ne_demande_pas_plus_de_requetes_pour_plus_de_lignes(django_assert_num_queries):
    for nombre in (2, 30):
        lot = deposer([[f"N-{rang}", "?", "1", "T", "mention", ""] for rang in range(nombre)])
        for fichier in (exporter_refus(lot), exporter_lignes(lot, Seau.REFUSEE, "csv")):
            with django_assert_num_queries(1):
                octets(fichier)


# --- The command ------------------------------------------------------------------------------------------------------
def importer(*arguments):
    with pytest.raises(SystemExit) as fin:
        call_command("importer", *arguments, stdout=io.StringIO(), stderr=io.StringIO())
    return fin.value.code


def test_la_commande_ecrit_les_lignes_refusees(tmp_path):
    fichier, rejets = tmp_path / "mesures.csv", tmp_path / "rejets.xlsx"
    fichier.write_bytes(fichier_csv([ENTETES, BONNE, FAUTIVE, PRISE]))
    assert importer("mesures", str(fichier), "--rejets", str(rejets)) == 1
    assert len(relire(rejets.read_bytes())) == 3


def test_sans_refus_la_commande_n_ecrit_pas_de_rejets(tmp_path):
    fichier, rejets = tmp_path / "mesures.csv", tmp_path / "rejets.xlsx"
    fichier.write_bytes(fichier_csv([ENTETES, BONNE]))
    call_command("importer", "mesures", str(fichier), "--rejets", str(rejets), stdout=io.StringIO())
    assert not rejets.exists()


def test_des_rejets_qui_ne_peuvent_pas_s_ecrire_n_effacent_pas_le_resultat(tmp_path, capsys):
    fichier = tmp_path / "mesures.csv"
    fichier.write_bytes(fichier_csv([ENTETES, FAUTIVE]))
    with pytest.raises(SystemExit) as fin:
        call_command("importer", "mesures", str(fichier), "--json", "--rejets", str(tmp_path / "absent" / "r.xlsx"))
    assert fin.value.code == 1
    sortie = capsys.readouterr()
    assert json.loads(sortie.out)["refuses"] == 1
    assert "n'ont pas pu être écrites" in sortie.err


@pytest.mark.parametrize(("demandee", "lignes"), [("1", 1), ("2", 2), ("Seconde", 2), ("2019", 3)])
def test_la_commande_choisit_la_feuille_par_son_rang_ou_son_nom(tmp_path, demandee, lignes):
    def autres(classeur, feuille):
        for nom, nombre in (("Seconde", 2), ("2019", 3)):
            autre = classeur.add_worksheet(nom)
            autre.write_row(0, 0, ENTETES)
            for rang in range(1, nombre + 1):
                autre.write_row(rang, 0, [f"N-{rang}", "attirer", str(50 + rang), *BONNE[3:]])

    fichier = tmp_path / "mesures.xlsx"
    fichier.write_bytes(xlsx([ENTETES, BONNE], apres=autres))
    sortie = io.StringIO()
    call_command("importer", "mesures", str(fichier), "--feuille", demandee, "--json", stdout=sortie)
    assert json.loads(sortie.getvalue())["lignes"] == lignes


@pytest.mark.parametrize("demandee", ["0", "4", "Absente", "9" * 5000])
def test_une_feuille_qui_n_existe_pas_est_dite(tmp_path, demandee):
    fichier = tmp_path / "mesures.xlsx"
    fichier.write_bytes(xlsx([ENTETES, BONNE]))
    assert importer("mesures", str(fichier), "--feuille", demandee) == 2
