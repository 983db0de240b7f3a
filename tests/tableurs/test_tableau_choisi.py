"""Several tables on a sheet: which one is read is shown, and can be chosen, on the screen and by the command."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from tableurs import lots
from tableurs.models import LotImport
from tests.tableurs.ecrans import DEPOT, deposer, texte
from tests.tableurs.fichiers import fichier_csv, ods, xlsx

pytestmark = pytest.mark.django_db

AUTRE = [["Commune", "Courriel", "Note"], ["Gex", "mairie@gex.invalid", "x"]]
MESURES = [["code", "titre"], ["ATT-1", "Un titre"], ["ATT-2", "Un autre"]]
DEUX = [*AUTRE, [], *MESURES]


def envoyer(client, contenu, **champs):
    return client.post(DEPOT, {"fichier": SimpleUploadedFile("deux.xlsx", contenu), **champs})


@pytest.mark.parametrize("faire", [fichier_csv, xlsx])
def test_le_tableau_choisi_est_celui_qui_est_compare(reference, faire):
    lot = lots.recevoir(io.BytesIO(faire(DEUX)), "deux", "mesures")
    assert [entete for _, entete in lot.entetes] == AUTRE[0]
    lots.relire(lot, tableau=1)
    assert [entete for _, entete in lot.entetes] == MESURES[0]
    lots.choisir_les_colonnes(lot)
    lots.comparer(lot)
    assert (lot.lignes, lot.modifies) == (2, 2)
    assert list(lot.details.filter(numero__gt=0).values_list("numero", flat=True)) == [5, 6]


def test_l_ecran_des_colonnes_montre_les_tableaux_et_laisse_choisir(equipe, reference):
    lot = deposer(equipe, DEUX)
    page = equipe.get(reverse("import_colonnes", args=[lot.cle]))
    html = page.content.decode()
    assert '<option value="0" selected>1\N{NO-BREAK SPACE}: Commune, Courriel, Note' in html
    assert "2 : code, titre (colonnes A à B, lignes 4 à 6)" in texte(page)
    assert '<details class="replie fr-mb-4w" open>' in html
    choix = {"tableau": "1", "encodage": "", "separateur": ""}
    page = equipe.post(reverse("import_lecture", args=[lot.cle]), choix, follow=True)
    assert "Le fichier a été relu." in texte(page)
    assert re.search(r'<option value="1" selected>2.: code, titre', page.content.decode())
    assert "Un autre" in texte(page)
    lot.refresh_from_db()
    assert (lot.tableau, lot.attendues) == (1, 2)


@pytest.mark.parametrize("absurde", ["2", "-1", "x", "\0", "9" * 30])
def test_un_tableau_absurde_ne_change_rien(equipe, reference, absurde):
    lot = deposer(equipe, DEUX)
    page = equipe.post(reverse("import_lecture", args=[lot.cle]), {"tableau": absurde}, follow=True)
    assert "Choisissez dans les listes proposées." in texte(page)
    lot.refresh_from_db()
    assert lot.tableau == 0


def test_sans_plusieurs_tableaux_il_n_y_a_rien_a_choisir(equipe, reference):
    page = equipe.get(reverse("import_colonnes", args=[deposer(equipe, MESURES).cle]))
    assert 'name="tableau"' not in page.content.decode()
    assert "Le fichier est mal lu ?" in texte(page)


def test_changer_de_feuille_propose_le_premier_tableau_de_l_autre(equipe, reference):
    def autre_feuille(classeur, _):
        feuille = classeur.add_worksheet("Seconde")
        for rang, ligne in enumerate(MESURES):
            feuille.write_row(rang, 0, ligne)

    envoyer(equipe, xlsx(DEUX, apres=autre_feuille))
    lot = LotImport.objects.get()
    page = equipe.post(reverse("import_lecture", args=[lot.cle]), {"feuille": "Feuille", "tableau": "1"}, follow=True)
    assert "Lire une autre feuille ou un autre tableau" in texte(page)
    assert "Ceux de la feuille « Feuille »" in texte(page)
    assert '<option value="Feuille" selected>' in page.content.decode()
    equipe.post(reverse("import_lecture", args=[lot.cle]), {"feuille": "Seconde", "tableau": "1"})
    lot.refresh_from_db()
    assert (lot.feuille, lot.tableau) == ("Seconde", 0)


def test_la_commande_choisit_le_tableau(tmp_path, reference, capsys):
    chemin = tmp_path / "deux.csv"
    chemin.write_bytes(fichier_csv(DEUX))
    call_command("importer", "mesures", str(chemin), "--tableau", "2", "--json")
    assert json.loads(capsys.readouterr().out)["lignes"] == 2
    for rang, attendu in (("1", "est obligatoire"), ("3", "Choisissez de 1 à 2"), ("0", "Choisissez de 1 à 2")):
        with pytest.raises(SystemExit) as fin:
            call_command("importer", "mesures", str(chemin), "--tableau", rang)
        assert fin.value.code == 2
        assert attendu in capsys.readouterr().err


# --- Names of sheets that are too long for Excel -----------------------------------------------------------------
LONG = " ".join(["Une feuille dont le nom dit tout"] * 12)


def test_une_feuille_au_nom_tres_long_se_lit_jusqu_au_bout(equipe, reference):
    envoyer(equipe, ods(MESURES, nom=LONG))
    lot = LotImport.objects.get()
    assert lot.feuille == LONG
    lots.choisir_les_colonnes(lot)
    lots.comparer(lot)
    assert lot.modifies == 2
    assert LONG in texte(equipe.get(lot.get_absolute_url()))
    assert b"".join(equipe.get(reverse("import_lignes", args=[lot.cle, "xlsx"])).streaming_content)


def test_un_nom_de_feuille_tres_long_peut_etre_demande_au_depot(equipe, reference):
    page = texte(envoyer(equipe, ods(MESURES, nom="Autre"), feuille="x" * 5000))
    assert f"« {'x' * 100}… » n'existe pas" in page
    assert "x" * 101 not in page
    assert envoyer(equipe, ods(MESURES, nom=LONG), feuille=LONG).status_code == 302
