"""The screens of the imports: who opens them, their list, the deposit of a file and its columns."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tableurs.enums import EtatLot
from tableurs.lecture import limites
from tableurs.models import CorrespondanceRetenue, LotImport
from tests.factories import UtilisateurFactory
from tests.outils.adresses import ADRESSES_D_UN_LOT
from tests.tableurs.ecrans import DEPOT, ENTETES, deposer, envoi, texte

pytestmark = pytest.mark.django_db


# --- Who -----------------------------------------------------------------------------------------------------------
def test_une_personne_sans_le_droit_est_refusee_partout(client, a_verifier):
    client.force_login(UtilisateurFactory())
    chemins = [
        "/imports/",
        "/imports/nouveau/",
        "/imports/modeles/mesures.xlsx",
        "/imports/donnees/mesures.csv",
        f"/imports/{a_verifier.cle}/lignes.csv",
    ]
    for chemin in [*chemins, *(reverse(nom, args=[a_verifier.cle]) for nom in ADRESSES_D_UN_LOT)]:
        assert client.post(chemin).status_code in (403, 405), chemin
        lecture = client.get(chemin)
        assert lecture.status_code in (302, 403), chemin
        if lecture.status_code == 302:
            assert client.get(lecture.url).status_code == 403


@pytest.mark.parametrize("nom", ADRESSES_D_UN_LOT)
def test_un_import_inconnu_est_introuvable(equipe, nom):
    chemin = reverse(nom, args=["zzzzzzzzzz"])
    assert equipe.get(chemin, follow=True).status_code == 404
    assert equipe.post(chemin).status_code in (404, 405)


def test_lire_n_ecrit_rien(equipe, a_verifier):
    avant = LotImport.objects.values().get()
    for nom in ADRESSES_D_UN_LOT:
        reponse = equipe.get(reverse(nom, args=[a_verifier.cle]))
        assert reponse.status_code in (200, 302)
        assert b"".join(reponse) is not None
    assert LotImport.objects.values().get() == avant
    assert equipe.put(reverse("import_disparus", args=[a_verifier.cle])).status_code == 405
    assert equipe.post(a_verifier.get_absolute_url()).status_code == 405


@pytest.mark.parametrize(
    ("page", "cle"),
    [("programme/mesure", "mesures"), ("territoires/liste", "territoires"), ("comptes/utilisateur", None)],
)
def test_les_listes_de_l_administration_menent_a_l_import(admin_client, reference, page, cle):
    html = admin_client.get(f"/admin/{page}/").content.decode()
    assert (f"/imports/nouveau/?ressource={cle}" in html) is bool(cle)
    assert '<a class="fr-btn fr-icon-upload-2-line" href="/imports/">' in admin_client.get("/imports/").content.decode()


# --- The list ------------------------------------------------------------------------------------------------------
def test_la_liste_vide_dit_quoi_faire(equipe):
    page = texte(equipe.get("/imports/"))
    assert "Aucun fichier n'a encore été importé" in page
    assert "Importer un premier fichier" in page


def test_la_liste_dit_ce_que_chaque_import_a_fait_et_par_qui(equipe, a_verifier):
    page = texte(equipe.get("/imports/"))
    assert "mesures.csv" in page
    assert "1 modifiée, 1 inchangée, 1 refusée et 1 doublon" in page
    assert "Alice Martin" in page
    assert "À vérifier" in page


def test_la_liste_se_filtre(equipe, a_verifier):
    assert "mesures.csv" in texte(equipe.get("/imports/?etat=a_verifier&ressource=mesures"))
    assert "Aucun import ne correspond" in texte(equipe.get("/imports/?etat=annule"))
    assert "Ce filtre n'existe pas" in texte(equipe.get("/imports/?etat=zzz"))


@pytest.mark.parametrize("suite", ["?page=0", "?page=2", "?page=x", "?page=99999999999", "?page=%00"])
def test_une_page_absurde_est_introuvable(equipe, a_verifier, suite):
    assert equipe.get(f"/imports/{suite}").status_code == 404
    assert equipe.get(f"{a_verifier.get_absolute_url()}{suite}").status_code == 404


# --- Step 1 --------------------------------------------------------------------------------------------------------
def test_on_choisit_d_abord_ce_que_contient_le_fichier(equipe):
    page = equipe.get("/imports/nouveau/")
    assert 'href="?ressource=mesures"' in page.content.decode()
    assert "Territoires d'une liste" in texte(page)
    assert "Ce contenu ne s'importe pas ici" in texte(equipe.get("/imports/nouveau/?ressource=%00"))


@pytest.mark.parametrize("page", ["/imports/", "/imports/nouveau/", "/imports/nouveau/?ressource={}"])
def test_on_peut_partir_de_ce_qui_est_dans_la_base(equipe, reference, page):
    for ressource, nombre in (("mesures", 2), ("enveloppes", 2), ("collectivites", 2), ("territoires", 16)):
        html = equipe.get(page.format(ressource)).content.decode()
        adresses = re.findall(rf'href="(/imports/donnees/{ressource}[^"]*)"', html)
        assert len(adresses) == nombre
        assert {adresse.partition(".")[2].partition("?")[0] for adresse in adresses} == {"csv", "xlsx"}
        reponse = equipe.get(adresses[-1].replace("&amp;", "&"))
        assert reponse.status_code == 200
        assert reponse.getvalue()


def test_ce_dont_on_est_parti_depose_tel_quel_ne_change_rien(equipe, reference):
    contenu = b"".join(equipe.get("/imports/donnees/territoires_par_membre.csv?jeu=2022-12-31").streaming_content)
    fichier = SimpleUploadedFile("membres.csv", contenu)
    choix = {"liste": "2022-12-31", "fiabilite": "officiel", "fichier": fichier}
    page = equipe.post("/imports/nouveau/?ressource=territoires", choix, follow=True)
    places = {f"colonne_{rang}": champ.value() for rang, (*_, champ) in enumerate(page.context["colonnes"])}
    equipe.post(page.request["PATH_INFO"], places)
    lot = LotImport.objects.get()
    assert (lot.inchanges, lot.disparus) == (lot.lignes, 0)
    assert lot.lignes > 400


@pytest.mark.parametrize(
    "suite",
    [
        "zzz.csv",
        "mesures.exe",
        "territoires.csv",
        "territoires_par_membre.csv",
        "territoires_par_membre.csv?jeu=zzz",
        "territoires_par_membre.csv?jeu=%00",
        "mesures.csv?jeu=zzz",
    ],
)
def test_un_export_absurde_est_introuvable(equipe, reference, suite):
    assert equipe.get(f"/imports/donnees/{suite}").status_code == 404


def test_un_export_trop_grand_pour_son_format_le_dit(equipe, reference):
    page = texte(equipe.get("/imports/donnees/collectivites.ods", follow=True))
    assert "20 000" in page.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_les_limites_et_le_modele_sont_dits_avant(equipe):
    page = equipe.get(DEPOT)
    assert "20 Mo au plus" in texte(page)
    assert "lignes au plus par tableau" in texte(page)
    assert "/imports/modeles/mesures.xlsx" in page.content.decode()


def test_un_fichier_illisible_est_dit_au_champ_et_en_haut(equipe):
    reponse = equipe.post(DEPOT, {"fichier": SimpleUploadedFile("rapport.xlsx", b"%PDF-1.7 rapport")})
    assert reponse.status_code == 200
    assert texte(reponse).count("un document PDF") == 2
    assert '<a href="#id_fichier">' in reponse.content.decode()
    assert not LotImport.objects.exists()


def test_un_depot_sans_fichier_le_demande(equipe):
    assert "Choisissez le fichier à importer." in texte(equipe.post(DEPOT))


def test_un_fichier_vide_ou_trop_gros_est_refuse_en_mots(equipe, monkeypatch):
    assert "Le fichier est vide." in texte(equipe.post(DEPOT, {"fichier": SimpleUploadedFile("vide.csv", b"")}))
    monkeypatch.setattr(limites, "TAILLE_MAX", 10)
    assert "la limite est de" in texte(equipe.post(DEPOT, {"fichier": envoi([ENTETES, ["ATT-1", "x"]])}))


@pytest.mark.parametrize("valeur", ["\0", "utf-99", "é" * 5000])
def test_des_reglages_absurdes_ont_une_reponse(equipe, valeur):
    donnees = {"fichier": envoi([ENTETES, ["ATT-1", "x"]]), "encodage": valeur, "feuille": valeur, "separateur": valeur}
    assert equipe.post(DEPOT, donnees).status_code == 200
    assert not LotImport.objects.exists()


def test_une_feuille_absente_est_dite_a_son_champ(equipe):
    donnees = {"fichier": envoi([ENTETES, ["ATT-1", "x"]]), "feuille": "Absente"}
    reponse = equipe.post(DEPOT, donnees)
    assert '<a href="#id_feuille">' in reponse.content.decode()


def test_une_liste_nouvelle_demande_sa_date_et_sa_phase(equipe, reference):
    reponse = equipe.post("/imports/nouveau/?ressource=territoires", {"liste": "+", "fiabilite": "officiel"})
    page = texte(reponse)
    assert "Indiquez la date de la nouvelle liste." in page
    assert "Choisissez sa phase." in page
    # Every error at once.
    assert "Choisissez le fichier à importer." in page


def test_les_options_d_une_liste_suivent_le_fichier(equipe, reference):
    lignes = [["id_ti", "lib_ti", "insee_com"], ["ti-0001", "Essai", "01002"]]
    choix = {"liste": "2022-12-31", "fiabilite": "probable", "source": "Essai"}
    reponse = equipe.post("/imports/nouveau/?ressource=territoires", {**choix, "fichier": envoi(lignes)})
    assert reponse.status_code == 302
    options = LotImport.objects.get().options
    assert options["liste"] == "2022-12-31"
    assert options["fiabilite"] == "probable"
    assert "Périmètre final de la phase 1" in texte(equipe.get(reponse.url))


# --- Step 2 --------------------------------------------------------------------------------------------------------
def test_les_colonnes_sont_proposees_avec_leurs_premieres_valeurs(equipe, reference):
    lot = deposer(equipe, [["Code de la mesure", "Intitulé", "Rem"], ["ATT-1", "Un titre", "note"]])
    page = equipe.get(reverse("import_colonnes", args=[lot.cle]))
    html = page.content.decode()
    assert '<option value="code" selected>' in html
    assert '<option value="titre" selected>' in html
    assert "note" in html
    assert "séparateur" in texte(page)


def test_une_colonne_obligatoire_absente_est_dite_avec_les_noms_proches(equipe, reference):
    lot = deposer(equipe, [["cod mesure", "Intitulé"], ["ATT-1", "Un titre"]])
    chemin = reverse("import_colonnes", args=[lot.cle])
    assert "est obligatoire" in texte(equipe.get(chemin))
    reponse = equipe.post(chemin, {"colonne_0": "", "colonne_1": "titre"})
    assert reponse.status_code == 200
    assert "« cod mesure »" in texte(reponse)
    assert LotImport.objects.get().etat == EtatLot.DEPOSE


def test_deux_colonnes_ne_disent_pas_la_meme_chose(equipe, reference):
    lot = deposer(equipe, [["a", "b"], ["ATT-1", "Un titre"]])
    reponse = equipe.post(reverse("import_colonnes", args=[lot.cle]), {"colonne_0": "code", "colonne_1": "code"})
    assert texte(reponse).count("est choisi pour plusieurs colonnes") == 4
    assert equipe.post(reverse("import_colonnes", args=[lot.cle]), {"colonne_0": "zz\0"}).status_code == 200


def test_le_choix_des_colonnes_est_retenu(equipe, mesures):
    lignes = [["x", "y"], [mesures[0].code, "Un titre"]]
    lot = deposer(equipe, lignes)
    equipe.post(reverse("import_colonnes", args=[lot.cle]), {"colonne_0": "code", "colonne_1": "titre"})
    assert CorrespondanceRetenue.objects.get().places["code"] == 0
    suivant = deposer(equipe, lignes)
    html = equipe.get(reverse("import_colonnes", args=[suivant.cle])).content.decode()
    assert '<option value="titre" selected>' in html


def test_le_fichier_peut_etre_relu_autrement(equipe, reference):
    lot = deposer(equipe, [["code|titre"], ["ATT-1|Un titre"], ["ATT-2|Un autre"]], separateur=";")
    chemin = reverse("import_lecture", args=[lot.cle])
    equipe.post(chemin, {"separateur": "virgule", "encodage": ""})
    lot.refresh_from_db()
    assert [entete for _, entete in lot.entetes] == ["code|titre"]
    reponse = equipe.post(chemin, {"separateur": "barre", "encodage": ""}, follow=True)
    lot.refresh_from_db()
    assert [entete for _, entete in lot.entetes] == ["code", "titre"]
    assert "Un autre" in texte(reponse)
    assert "Choisissez dans les listes" in texte(equipe.post(chemin, {"separateur": "\0"}, follow=True))


def test_un_fichier_disparu_se_depose_a_nouveau(equipe, reference):
    lot = deposer(equipe, [ENTETES, ["ATT-1", "x"]])
    lot.fichier.storage.delete(lot.fichier.name)
    reponse = equipe.get(reverse("import_colonnes", args=[lot.cle]))
    assert "Le fichier déposé n'est plus là" in texte(reponse)
