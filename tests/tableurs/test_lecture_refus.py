"""Files that are not read: each gets a clear word, what to do, and takes no memory."""

import io
import tracemalloc
import zipfile

import pytest

from tableurs.lecture import FichierIllisible, limites, ole
from tests.tableurs.fichiers import (
    TERRITOIRES,
    archive,
    bombe_xlsx,
    cellule_ods,
    fichier_csv,
    ligne_ods,
    lire,
    mentir_sur_la_taille,
    ods,
    ods_brut,
    page_web,
    parties_xlsx,
    relations,
    tableau,
    xlsx,
    xlsx_brut,
)
from tests.tableurs.fichiers_anciens import TAILLE_MIN, compose, enregistrement, xls

MEGAOCTET = 2**20


def tout_lire(octets, nom, **options):
    return list(lire(octets, nom, **options).tableaux()[0].lignes())


def refus(octets, nom="liste.xlsx", **options):
    with pytest.raises(FichierIllisible) as erreur:
        tout_lire(octets, nom, **options)
    assert erreur.value.raison.endswith((".", "!"))
    assert erreur.value.remede
    return erreur.value


def test_un_pdf_renomme_en_xlsx_est_refuse_avec_un_mot_clair():
    erreur = refus(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj")
    assert "un document PDF" in erreur.raison
    assert "Copiez le tableau" in erreur.remede


@pytest.mark.parametrize(
    ("octets", "nature"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "une image PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "une photographie JPEG"),
        (b"GIF89a\x01\0", "une image GIF"),
        (b"II*\0\x08\0\0\0", "une image TIFF"),
        (b"{\\rtf1\\ansi Liste}", "un document texte RTF"),
        (b"Rar!\x1a\x07\0", "une archive RAR"),
        (b"7z\xbc\xaf\x27\x1c", "une archive 7z"),
        (b"\x1f\x8b\x08\0\0", "une archive gzip"),
        (b"SQLite format 3\0", "une base de données"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "antérieure à 1997"),
        (archive({"word/document.xml": "<w/>"}), "un document Word"),
        (archive({"ppt/presentation.xml": "<p/>"}), "une présentation PowerPoint"),
        (archive({"xl/workbook.bin": b"\x83\x01"}), "(.xlsb)"),
        (archive({"xl/workbook2.xml": "<workbook/>"}), "structure inhabituelle"),
        (archive({"Index/Document.iwa": b"x"}), "un classeur Numbers"),
        (archive({"liste.csv": "a;b"}), "une archive ZIP"),
        (compose({"WordDocument": b"x"}), "un document Word"),
        (compose({"PowerPoint Document": b"x"}), "une présentation PowerPoint"),
        (compose({"__properties": b"x"}), "d'un autre logiciel"),
        (b'{"territoires": []}', "un fichier JSON"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:x">', "un document XML"),
    ],
)
def test_ce_qui_n_est_pas_un_tableau_est_nomme(octets, nature):
    assert nature in refus(octets).raison


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "utf-16"])
def test_une_page_web_enregistree_en_xls_est_refusee_et_renvoie_a_enregistrer_sous(encodage):
    erreur = refus(page_web().decode().encode(encodage), "export.xls")
    assert erreur.code == "html"
    assert "Enregistrer sous" in erreur.remede


def test_une_page_web_archivee_est_refusee():
    assert "MHTML" in refus(b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n").raison


@pytest.mark.parametrize("en_plus", [600, 505, 504, 3, 0])
def test_un_classeur_ancien_coupe_ou_efface_est_refuse(en_plus):
    """Nothing but the signature of the format, then zeros: a copy that was interrupted."""
    assert refus(ole.SIGNATURE + bytes(en_plus), "extraction.xls").raison


@pytest.mark.parametrize("octets", [b"", b"\xef\xbb\xbf", b"\r\n \r\n", "\ufeff".encode("utf-16-le")])
def test_un_fichier_vide_est_refuse(octets):
    assert refus(octets).code == "vide"


@pytest.mark.parametrize("octets", [fichier_csv(TERRITOIRES[:1]), xlsx(TERRITOIRES[:1]), ods(TERRITOIRES[:1])])
def test_un_fichier_qui_n_a_que_des_en_tetes_est_refuse(octets):
    erreur = refus(octets)
    assert erreur.code == "sans_donnees"
    assert "aucune ligne de données" in erreur.raison


@pytest.mark.parametrize("octets", [xlsx([]), ods([])])
def test_une_feuille_vide_est_refusee(octets):
    assert refus(octets).code == "feuille_vide"


@pytest.mark.parametrize(
    "octets",
    [
        compose({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        ods_brut("", manifeste="<m:file-entry><m:encryption-data/></m:file-entry>".replace("m:", "manifest:")),
        xls({"A": TERRITOIRES}, globaux=enregistrement(0x2F, bytes(6))),
    ],
)
def test_un_classeur_chiffre_est_refuse_et_dit_comment_retirer_le_mot_de_passe(octets):
    erreur = refus(octets)
    assert erreur.code == "chiffre"
    assert "retirez le mot de passe" in erreur.remede


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("faire", [xlsx, ods, lambda: xls({"A": TERRITOIRES})])
def test_un_fichier_tronque_est_refuse(faire, fraction):
    octets = faire()
    assert refus(octets[: int(len(octets) * fraction)]).code in ("abime", "autre_format")


@pytest.mark.parametrize("position", [0.3, 0.6])
def test_un_fichier_dont_des_octets_ont_change_est_refuse(position):
    octets = bytearray(xlsx(TERRITOIRES * 200))
    rang = int(len(octets) * position)
    octets[rang : rang + 64] = bytes(64)
    assert refus(bytes(octets)).code == "abime"


def test_des_octets_quelconques_sont_refuses():
    assert refus(bytes(range(256)) * 20).code == "binaire"


def test_un_fichier_de_plus_de_20_mo_est_refuse_sans_etre_lu():
    erreur = refus(b"a;b\r\n" * (limites.TAILLE_MAX // 5 + 1))
    assert erreur.code == "trop_gros"
    assert "20\xa0Mo" in erreur.raison


def test_une_bombe_de_decompression_est_refusee_sans_prendre_de_memoire():
    octets = bombe_xlsx()
    assert len(octets) < 5 * MEGAOCTET
    tracemalloc.start()
    try:
        erreur = refus(octets)
        _, pic = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert erreur.code == "decompression"
    assert pic < 5 * MEGAOCTET


def test_une_archive_qui_ment_sur_ses_tailles_est_refusee():
    """zipfile stops at the declared size; another library would go on."""
    octets = mentir_sur_la_taille(bombe_xlsx(100 * MEGAOCTET), "xl/worksheets/sheet1.xml", 1000)
    assert refus(octets).code in ("abime", "decompression")


def test_un_taux_de_compression_demesure_est_refuse():
    assert refus(bombe_xlsx(60 * MEGAOCTET)).code == "decompression"


def test_une_partie_annexe_demesuree_est_refusee(monkeypatch):
    monkeypatch.setattr(limites, "PARTIE_MAX", 1000)
    assert refus(xlsx_brut("<sheetData/>", **{"xl/sharedStrings.xml": "<sst/>" + " " * 2000})).code == "decompression"


def test_une_archive_qui_contient_deux_fois_la_meme_partie_est_refusee():
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as fichier:
        for nom, contenu in parties_xlsx("<sheetData/>").items():
            fichier.writestr(nom, contenu)
        with pytest.warns(UserWarning, match="Duplicate"):
            fichier.writestr("xl/workbook.xml", "<autre/>")
    assert refus(sortie.getvalue()).code == "abime"


def test_une_archive_a_deux_repertoires_est_refusee():
    """Two libraries could read two different workbooks in it."""
    assert refus(xlsx() + xlsx([["autre", "tableau"]])).code == "abime"


@pytest.mark.parametrize(
    "octets",
    [
        xlsx([["a"]], apres=lambda _, feuille: feuille.write(1_048_575, 400, "loin")),
        ods([["a"], ligne_ods("b", table__number_rows_repeated="900000"), ligne_ods(*["c"] * 100)]),
        xls({"A": [["a"], ["b"]]}, supplements=enregistrement(0x203, b"\xff\xff\xff\x00" + bytes(10))),
    ],
)
def test_une_cellule_perdue_au_loin_ne_fait_pas_allouer_des_gigaoctets(octets):
    erreur = refus(octets)
    assert erreur.code == "trop_etendue"
    assert "Supprimez les lignes et les colonnes inutiles" in erreur.remede


def test_une_adresse_de_cellule_contradictoire_est_refusee():
    donnees = '<sheetData><row r="1"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert refus(xlsx_brut(donnees)).code == "abime"


@pytest.mark.parametrize(
    "octets",
    [
        xlsx([["a"]], apres=lambda _, feuille: feuille.write(0, 600, "loin")),
        fichier_csv([["x"] * 600] * 2),
    ],
)
def test_plus_de_500_colonnes_est_refuse(octets):
    assert refus(octets).code == "trop_de_colonnes"


def test_un_texte_partage_par_trop_de_cellules_ne_se_multiplie_pas_en_memoire():
    """30 000 characters referred to by 20 000 cells would be 600 MB in the reader."""
    rangees = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    textes = {"xl/sharedStrings.xml": f"<sst><si><t>{'a' * 30_000}</t></si></sst>"}
    assert refus(xlsx_brut(f"<sheetData>{rangees}</sheetData>", **textes)).code == "trop_de_texte"


def test_un_long_texte_partage_par_une_seule_cellule_est_lu():
    rangees = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{int(n > 1)}</v></c></row>' for n in range(1, 6_001))
    textes = {"xl/sharedStrings.xml": f"<sst><si><t>{'a' * 30_000}</t></si><si><t>b</t></si></sst>"}
    assert tableau(xlsx_brut(f"<sheetData>{rangees}</sheetData>", **textes)).nombre_de_lignes == 5_999


def test_un_texte_partage_par_trop_de_cellules_d_un_xls_est_refuse(monkeypatch):
    monkeypatch.setattr(limites, "TEXTE_MAX", 50_000)
    references = [[(0xFD, b"\0\0\0\0")] for _ in range(30)]
    assert refus(xls({"A": [["a" * 3_000], *references]})).code == "trop_de_texte"


def test_un_texte_repete_par_un_ods_ne_se_multiplie_pas_en_memoire():
    longue = cellule_ods("a" * 20_000, table__number_columns_repeated="400")
    assert refus(ods([["a"], *[ligne_ods(longue)] * 25])).code == "trop_de_texte"


@pytest.mark.parametrize("faire", [fichier_csv, ods])
def test_une_cellule_plus_longue_que_celles_d_excel_est_refusee(faire):
    erreur = refus(faire([["a", "b"], ["1", "x" * 40_000]]))
    assert erreur.code == "cellule_trop_longue"
    assert "B2" in erreur.raison


def test_plus_de_200_000_lignes_est_refuse(monkeypatch):
    monkeypatch.setattr(limites, "LIGNES_MAX", 1_000)
    assert tableau(fichier_csv([["a", "b"], *[["1", "2"]] * 1_000])).nombre_de_lignes == 1_000
    assert refus(fichier_csv([["a", "b"], *[["1", "2"]] * 1_001])).code == "trop_de_lignes"
    assert refus(fichier_csv([["a", "b"], *[["1", "2"]] * 5_000])).code == "trop_de_lignes"


@pytest.mark.parametrize("partie", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_une_declaration_d_entites_est_refusee(partie):
    parties = parties_xlsx("<sheetData/>")
    parties[partie] = '<!DOCTYPE a [<!ENTITY b "boum">]>' + parties[partie]
    assert refus(archive(parties)).code == "abime"


def test_une_entite_externe_n_est_jamais_ouverte():
    parties = parties_xlsx("<sheetData/>")
    parties["xl/workbook.xml"] = '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + parties["xl/workbook.xml"]
    assert refus(archive(parties)).code == "abime"


@pytest.mark.parametrize("xml", ["<sheetData><row", "pas du xml", ""])
def test_une_feuille_au_xml_casse_est_refusee(xml):
    parties = parties_xlsx("") | {"xl/worksheets/sheet1.xml": xml}
    assert refus(archive(parties)).code == "abime"


def test_un_classeur_dont_une_feuille_manque_est_refuse():
    parties = parties_xlsx("")
    del parties["xl/worksheets/sheet1.xml"]
    assert refus(archive(parties)).code == "abime"


def test_un_classeur_sans_feuille_est_refuse():
    parties = parties_xlsx("") | {"xl/workbook.xml": "<workbook><sheets/></workbook>"}
    assert refus(archive(parties)).code in ("sans_feuille", "abime")


def test_une_feuille_qui_n_existe_pas_est_refusee_et_les_autres_proposees():
    with pytest.raises(FichierIllisible) as erreur:
        lire(xlsx()).tableaux("Autre")
    assert "Feuille" in erreur.value.remede


@pytest.mark.parametrize("texte", ['a;b\r\n"jamais refermé;2\r\n3;4\r\n', 'a;b\r\n"Le "Port";2\r\n'])
def test_un_guillemet_mal_place_est_refuse_avec_sa_ligne(texte):
    erreur = refus(texte.encode(), "liste.csv", separateur=";")
    assert erreur.code == "guillemets"
    assert "ligne 2" in erreur.raison


def test_un_encodage_impose_a_tort_est_refuse():
    erreur = refus(fichier_csv(encodage="cp1252"), encodage="utf-8")
    assert erreur.code == "encodage"
    assert "UTF-8" in erreur.raison


@pytest.mark.parametrize(("code", "choix"), [("encodage", "rot13"), ("separateur", "::")])
def test_un_encodage_ou_un_separateur_inconnu_est_refuse(code, choix):
    erreur = refus(fichier_csv(), **{code: choix})
    assert erreur.code == code
    assert "Choisissez parmi" in erreur.remede


def test_une_chaine_de_secteurs_qui_boucle_est_refusee():
    octets = bytearray(compose({"Workbook": bytes(TAILLE_MIN)}))
    table = len(octets) - 512
    octets[table : table + 4] = (0).to_bytes(4, "little")
    assert refus(bytes(octets)).code == "abime"


def test_les_limites_se_disent_avant_le_depot():
    assert limites.ENONCES[0] == "20\xa0Mo au plus"
    assert "200\u202f000 lignes au plus par tableau" in limites.ENONCES


def test_trop_de_feuilles_est_refuse(monkeypatch):
    monkeypatch.setattr(limites, "FEUILLES_MAX", 2)
    tables = "".join(f'<table:table table:name="{n}"/>' for n in "abc")
    assert refus(ods_brut(tables)).code == "trop_de_feuilles"


def test_trop_de_cellules_en_erreur_est_refuse(monkeypatch):
    monkeypatch.setattr(limites, "REPERES_MAX", 3)
    rangees = "".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#N/A</v></c></row>' for n in range(1, 6))
    assert refus(xlsx_brut(f"<sheetData>{rangees}</sheetData>")).code == "trop_d_erreurs"


def test_les_relations_absentes_sont_refusees():
    parties = parties_xlsx("") | {"xl/_rels/workbook.xml.rels": relations()}
    assert refus(archive(parties)).code == "abime"
