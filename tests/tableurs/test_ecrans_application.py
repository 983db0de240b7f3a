"""The screens of the imports: the preview, its application and its undoing; progress, files, cost."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from comptes.pages_publiques import cache
from programme.models import Mesure
from tableurs import lots, taches
from tableurs.enums import EtatLot, Seau
from tests.factories import AnalysteFactory
from tests.tableurs.ecrans import DEPOT, ENTETES, appliquer, deposer, disparu, lot_de, texte, verifier

pytestmark = pytest.mark.django_db


# --- Step 3 --------------------------------------------------------------------------------------------------------
def test_les_comptes_s_additionnent_a_l_ecran(equipe, a_verifier):
    page = equipe.get(a_verifier.get_absolute_url())
    assert "4 lignes = 1 modifiée + 1 inchangée + 1 refusée + 1 doublon" in texte(page)
    nombres = re.findall(r"seau__nombre[^>]*>(\d+)<", page.content.decode())
    total, *seaux = map(int, nombres[:6])
    assert total == sum(seaux) == 4


def test_une_cellule_changee_montre_l_avant_et_l_apres(equipe, a_verifier, mesures):
    html = equipe.get(f"{a_verifier.get_absolute_url()}?seau=modifiee").content.decode()
    assert re.search(r"<del>.*avant.*</del> → <ins>.*Un titre nouveau</ins>", html)
    assert "Sans code" not in html


def test_une_ligne_refusee_dit_sa_place_sa_raison_et_son_remede(equipe, a_verifier):
    reponse = equipe.get(f"{a_verifier.get_absolute_url()}?seau=refusee")
    html = reponse.content.decode()
    assert '<th scope="row" class="nombre">4</th>' in html
    assert "Colonne A, code" in texte(reponse)
    assert html.count('class="cellule--refusee"') == 1
    assert "Télécharger la ligne refusée" in texte(reponse)


def test_un_resultat_inconnu_est_introuvable(equipe, a_verifier):
    for seau in ("zzz", "%00", "creee%27--"):
        assert equipe.get(f"{a_verifier.get_absolute_url()}?seau={seau}").status_code == 404


def test_ce_qui_est_dans_le_fichier_ne_devient_pas_du_code(equipe, mesures):
    lot = verifier(equipe, [ENTETES, [mesures[0].code, "<script>alert(1)</script>"]])
    assert "<script>alert(1)" not in equipe.get(lot.get_absolute_url()).content.decode()


def test_les_disparus_se_gardent_ou_se_terminent_un_par_un_ou_tous(equipe):
    lot = lot_de(1, disparus=3)
    premier, deuxieme, troisieme = (disparu(lot, rang) for rang in range(3))
    chemin = reverse("import_disparus", args=[lot.cle])
    retenus = lot.details.filter(seau=Seau.DISPARU, retenue=True)
    tous = [premier.pk, deuxieme.pk, troisieme.pk]
    equipe.post(chemin, {"montres": tous, "termines": [deuxieme.pk]})
    assert list(retenus.all()) == [deuxieme]
    reponse = equipe.get(lot.get_absolute_url())
    assert "Appliquer la ligne et mettre fin à 1 disparu" in texte(reponse)
    equipe.post(chemin, {"montres": [premier.pk, deuxieme.pk], "termines": [premier.pk]})
    assert list(retenus.all()) == [premier]
    assert "L'import mettra fin à 3 disparus." in texte(equipe.post(chemin, {"tous": "terminer"}, follow=True))
    assert "Tous les disparus seront gardés." in texte(equipe.post(chemin, {"tous": "garder"}, follow=True))
    assert not retenus.exists()


def test_un_choix_de_disparus_absurde_ne_change_rien(equipe):
    lot, autre = lot_de(1, disparus=1), lot_de(1, disparus=1)
    ailleurs = disparu(autre, 1)
    chemin = reverse("import_disparus", args=[lot.cle])
    for donnees in ({"termines": [ailleurs.pk]}, {"termines": ["\0"]}, {"termines": ["9" * 30]}, {"tous": "zzz"}):
        assert "n'a pas été compris" in texte(equipe.post(chemin, donnees, follow=True))
    ailleurs.refresh_from_db()
    assert not ailleurs.retenue


def test_on_ne_choisit_plus_apres_l_application(equipe):
    lot = lot_de(1, disparus=1, etat=EtatLot.APPLIQUE, applique_le=timezone.now())
    disparu(lot, 1)
    with pytest.raises(lots.ActionImpossible):
        lots.choisir_les_disparus(lot, None, terminer=True)
    reponse = equipe.post(reverse("import_disparus", args=[lot.cle]), {"tous": "terminer"}, follow=True)
    assert "n'est plus à vérifier" in texte(reponse)


def test_ce_qui_ne_peut_pas_prendre_fin_est_garde(equipe):
    lot = lot_de(1, disparus=1)
    disparu(lot, 1, operations=())
    page = texte(equipe.get(f"{lot.get_absolute_url()}?seau=disparu"))
    assert "Gardés : rien ne se supprime par import." in page
    assert "Mettre fin" not in page
    assert "mettez fin" not in page
    equipe.post(reverse("import_disparus", args=[lot.cle]), {"tous": "terminer"})
    assert not lot.details.filter(seau=Seau.DISPARU, retenue=True).exists()


# --- Step 4 --------------------------------------------------------------------------------------------------------
def test_la_confirmation_dit_les_consequences_en_chiffres(equipe, a_verifier):
    page = texte(equipe.get(reverse("import_appliquer", args=[a_verifier.cle])))
    assert "1 ligne changera ce qui existe" in page
    assert "2 lignes n'auront aucun effet : 1 inchangée, 1 doublon" in page
    assert "1 ligne refusée restera de côté" in page


def test_des_lignes_refusees_demandent_un_choix_explicite(equipe, a_verifier, mesures):
    reponse = appliquer(equipe, a_verifier)
    assert texte(reponse).count("Cochez cette case") == 2
    mesures[0].refresh_from_db()
    assert mesures[0].titre != "Un titre nouveau"
    reponse = appliquer(equipe, a_verifier, partiel="on")
    assert "L'import est appliqué" in texte(reponse)
    assert "1 ligne qui a changé ce qui existait" in texte(reponse)
    mesures[0].refresh_from_db()
    assert mesures[0].titre == "Un titre nouveau"


def test_le_second_qui_applique_apprend_qui_l_a_fait(equipe, a_verifier, alice):
    page = reverse("import_appliquer", args=[a_verifier.cle])
    apercu = equipe.get(page).context["formulaire"]["apercu"].value()
    appliquer(equipe, a_verifier, partiel="on")
    equipe.force_login(AnalysteFactory())
    reponse = equipe.post(page, {"apercu": apercu, "partiel": "on"}, follow=True)
    assert "Quelqu'un l'a fait avant vous" in texte(reponse)
    assert "par Alice Martin" in texte(reponse)


def test_un_apercu_qui_a_change_n_est_pas_applique(equipe):
    lot = lot_de(2, disparus=1)
    disparu(lot, 1)
    page = reverse("import_appliquer", args=[lot.cle])
    apercu = equipe.get(page).context["formulaire"]["apercu"].value()
    lots.choisir_les_disparus(lot, None, terminer=True)
    reponse = equipe.post(page, {"apercu": apercu}, follow=True)
    assert "L'aperçu a changé depuis que vous l'avez lu" in texte(reponse)
    assert "Rien n'a été appliqué" in texte(equipe.post(page))
    lot.refresh_from_db()
    assert lot.etat == EtatLot.A_VERIFIER


def test_deux_choix_differents_de_meme_nombre_font_deux_apercus(equipe):
    lot = lot_de(2, disparus=2)
    premier, second = disparu(lot, 1), disparu(lot, 2)
    lots.choisir_les_disparus(lot, [premier.pk], terminer=True)
    page = reverse("import_appliquer", args=[lot.cle])
    apercu = equipe.get(page).context["formulaire"]["apercu"].value()
    lots.choisir_les_disparus(lot, [premier.pk], terminer=False)
    lots.choisir_les_disparus(lot, [second.pk], terminer=True)
    assert "L'aperçu a changé" in texte(equipe.post(page, {"apercu": apercu}, follow=True))
    assert not lot.details.filter(lot__etat=EtatLot.APPLIQUE).exists()


@pytest.mark.parametrize("sur_le_champ", [0, 2000])
def test_un_choix_fait_pendant_la_confirmation_n_est_pas_applique(equipe, monkeypatch, sur_le_champ):
    """Between reading the lot and holding it, somebody else chooses."""
    monkeypatch.setattr(taches, "LIGNES_AU_PLUS_SUR_LE_CHAMP", sur_le_champ)
    lot = lot_de(2, disparus=1)
    disparu(lot, 1)
    page = reverse("import_appliquer", args=[lot.cle])
    apercu = equipe.get(page).context["formulaire"]["apercu"].value()
    vraie = taches.appliquer

    def appliquer_trop_tard(*arguments, **options):
        lots.choisir_les_disparus(lot, None, terminer=True)
        return vraie(*arguments, **options)

    monkeypatch.setattr(taches, "appliquer", appliquer_trop_tard)
    assert "L'aperçu a changé" in texte(equipe.post(page, {"apercu": apercu}, follow=True))
    lot.refresh_from_db()
    assert lot.etat == EtatLot.A_VERIFIER


def test_la_base_a_change_entre_temps_un_nouvel_apercu_est_montre(equipe, a_verifier, mesures):
    Mesure.objects.filter(pk=mesures[0].pk).update(titre="Changé par un autre")
    reponse = appliquer(equipe, a_verifier, partiel="on")
    page = texte(reponse)
    assert page.count("La base a changé depuis l'aperçu") == 1
    assert "Changé par un autre" in page
    a_verifier.refresh_from_db()
    assert a_verifier.etat == EtatLot.A_VERIFIER
    assert "L'import est appliqué" in texte(appliquer(equipe, a_verifier, partiel="on"))


def test_ce_qui_a_ete_cree_est_compte(equipe):
    lot = lot_de(1, etat=EtatLot.APPLIQUE, applique_le=timezone.now(), crees=3, modifies=0, lignes=3)
    type(lot).objects.filter(pk=lot.pk).update(creees={"programme.Mesure": [[10, 2], [40, 1]]})
    assert "3 lignes ajoutées, soit 3 mesures" in texte(equipe.get(lot.get_absolute_url()))


def test_un_fichier_qui_ne_change_rien_le_dit(equipe, mesures):
    lot = verifier(equipe, [ENTETES, [mesures[0].code, mesures[0].titre]])
    page = equipe.get(lot.get_absolute_url())
    assert "Ce fichier ne changerait rien" in texte(page)
    assert "Tout ce qu'il dit est déjà dans la base." in texte(page)
    assert "mettre fin à des disparus" not in texte(page)
    assert reverse("import_appliquer", args=[lot.cle]) not in page.content.decode()
    assert equipe.get(reverse("import_appliquer", args=[lot.cle])).status_code == 302


def test_ce_qui_reste_a_faire_d_un_fichier_sans_effet_est_dit(equipe, mesures):
    lot = verifier(equipe, [ENTETES, [mesures[0].code, mesures[0].titre], ["", "Sans code"]])
    disparu(lot, 1)
    page = texte(equipe.get(lot.get_absolute_url()))
    assert "Ce qui a pu être lu est déjà dans la base. Corrigez la ligne refusée" in page
    assert "Vous pouvez aussi mettre fin à des disparus." in page
    tout_refuse = verifier(equipe, [ENTETES, ["", "Sans code"]])
    assert "Ce qui a pu être lu" not in texte(equipe.get(tout_refuse.get_absolute_url()))


def test_une_fois_applique_l_import_se_raconte_au_passe(equipe):
    lot = lot_de(1, disparus=2, etat=EtatLot.APPLIQUE, applique_le=timezone.now())
    disparu(lot, 1), disparu(lot, 2)
    lot.details.filter(libelle="Disparu 1").update(retenue=True)
    html = equipe.get(f"{lot.get_absolute_url()}?seau=disparu").content.decode()
    assert "il a été mis fin à 1" in html
    assert "changé dans la base" in html
    assert re.findall(r"(Disparu \d)</th><td>(\w+)</td>", html) == [("Disparu 1", "Terminé"), ("Disparu 2", "Gardé")]


def test_une_cellule_vide_refusee_est_dite_vide_une_fois(equipe, mesures):
    lot = verifier(equipe, [ENTETES, ["", "Sans code"], ["NEUF", "x"]])
    page = texte(equipe.get(f"{lot.get_absolute_url()}?seau=refusee"))
    assert "Colonne A, code : La cellule est vide." in page
    assert "(vide)" not in page


def test_un_import_s_annule(equipe, a_verifier, mesures):
    ancien = mesures[0].titre
    appliquer(equipe, a_verifier, partiel="on")
    chemin = reverse("import_annuler", args=[a_verifier.cle])
    assert "Ce que 1 ligne avait changé redeviendra comme avant" in texte(equipe.get(chemin))
    assert "L'import est annulé" in texte(equipe.post(chemin, follow=True))
    mesures[0].refresh_from_db()
    assert mesures[0].titre == ancien
    assert "Quelqu'un l'a fait avant vous" in texte(equipe.post(chemin, follow=True))


def test_une_annulation_en_conflit_dit_ce_qui_a_change(equipe, a_verifier, mesures):
    appliquer(equipe, a_verifier, partiel="on")
    Mesure.objects.filter(pk=mesures[0].pk).update(titre="Repris à la main")
    reponse = equipe.post(reverse("import_annuler", args=[a_verifier.cle]), follow=True)
    assert "Impossible d'annuler" in texte(reponse)
    assert "Repris à la main" in texte(reponse)
    a_verifier.refresh_from_db()
    assert a_verifier.etat == EtatLot.APPLIQUE


def test_l_annulation_previent_des_imports_suivants(equipe, a_verifier, mesures):
    appliquer(equipe, a_verifier, partiel="on")
    appliquer(equipe, verifier(equipe, [ENTETES, [mesures[1].code, "Un autre titre"]]))
    page = texte(equipe.get(reverse("import_annuler", args=[a_verifier.cle])))
    assert "D'autres imports ont suivi" in page


def test_un_import_s_abandonne(equipe, a_verifier):
    chemin = reverse("import_abandonner", args=[a_verifier.cle])
    assert "Abandonner cet import ?" in texte(equipe.get(chemin))
    assert "est abandonné" in texte(equipe.post(chemin, follow=True))
    assert "Cet import a été abandonné" in texte(equipe.get(a_verifier.get_absolute_url()))
    assert "Seul un import" in texte(equipe.post(chemin, follow=True))


# --- While the worker is at it -------------------------------------------------------------------------------------
def test_l_avancement_se_lit_sans_javascript(equipe):
    lot = lot_de(2, etat=EtatLot.LECTURE, attendues=4, lues=2, battement=timezone.now())
    reponse = equipe.get(lot.get_absolute_url())
    assert '<progress class="avancement__barre" aria-labelledby="avancement-titre" max="4" value="2">' in (
        reponse.content.decode()
    )
    assert "2 sur 4 lignes comparées avec la base." in texte(reponse)
    assert "Refresh" not in reponse
    assert equipe.get(f"{lot.get_absolute_url()}?suivre=1")["Refresh"] == "10"


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({"etat": EtatLot.LECTURE, "battement": None}, "En attente"),
        ({"etat": EtatLot.EN_COURS, "battement": timezone.now()}, "En cours d'application"),
        ({"etat": EtatLot.EN_COURS, "applique_le": timezone.now(), "battement": timezone.now()}, "Annulation en cours"),
        (
            {"etat": EtatLot.LECTURE, "battement": timezone.now() - 2 * lots.SILENCE_MAX},
            "ne donne plus signe de vie",
        ),
    ],
)
def test_l_avancement_dit_ou_en_est_le_traitement(equipe, champs, attendu):
    assert attendu in texte(equipe.get(lot_de(1, **champs).get_absolute_url()))


def test_un_import_rendu_par_le_traitement_dit_pourquoi(equipe):
    lot = lot_de(1, message="Le traitement a été interrompu avant la fin.")
    assert "Le traitement a été interrompu" in texte(equipe.get(lot.get_absolute_url()))
    lot = lot_de(1, etat=EtatLot.ECHOUE, message="Le fichier est abîmé.")
    assert "Cet import a échoué" in texte(equipe.get(lot.get_absolute_url()))


# --- Files ---------------------------------------------------------------------------------------------------------
def test_les_fichiers_se_telechargent(equipe, a_verifier):
    for chemin in (
        "/imports/modeles/mesures.xlsx",
        reverse("import_refus", args=[a_verifier.cle]),
        reverse("import_lignes", args=[a_verifier.cle, "xlsx"]),
        reverse("import_lignes", args=[a_verifier.cle, "csv"]) + "?seau=modifiee",
    ):
        reponse = equipe.get(chemin)
        assert reponse.status_code == 200, chemin
        assert "attachment" in reponse["Content-Disposition"]
        assert b"".join(reponse.streaming_content)


def test_un_fichier_inconnu_est_introuvable(equipe, a_verifier):
    for chemin in (
        "/imports/modeles/zzz.xlsx",
        reverse("import_lignes", args=[a_verifier.cle, "exe"]),
        reverse("import_lignes", args=[a_verifier.cle, "csv"]) + "?seau=zzz",
        reverse("import_refus", args=[lot_de(1).cle]),
    ):
        assert equipe.get(chemin).status_code == 404, chemin


# --- Cost ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("suite", ["", "?seau=modifiee"])
def test_une_page_de_15_000_lignes_coute_autant_de_requetes_que_2(equipe, suite, django_assert_max_num_queries):
    petit, grand = lot_de(2), lot_de(15_000)
    couts = []
    for lot, derniere in ((petit, 1), (grand, 300)):
        page = f"&page={derniere}" if suite else f"?page={derniere}"
        # The header's entries are kept: each count begins without them.
        cache.clear()
        with django_assert_max_num_queries(12) as requetes:
            assert equipe.get(f"{lot.get_absolute_url()}{suite}{page}").status_code == 200
        couts.append(len(requetes))
    assert couts[0] == couts[1]


def test_chaque_page_tient_en_12_requetes(equipe, a_verifier, django_assert_max_num_queries):
    chemins = ["/imports/", DEPOT, "/imports/nouveau/?ressource=territoires"]
    chemins += [reverse(nom, args=[a_verifier.cle]) for nom in ("import", "import_appliquer", "import_abandonner")]
    chemins.append(reverse("import_colonnes", args=[deposer(equipe, [ENTETES, ["ATT-1", "x"]]).cle]))
    for chemin in chemins:
        with django_assert_max_num_queries(12):
            assert equipe.get(chemin).status_code == 200
    appliquer(equipe, a_verifier, partiel="on")
    for nom in ("import", "import_annuler"):
        with django_assert_max_num_queries(12):
            assert equipe.get(reverse(nom, args=[a_verifier.cle])).status_code == 200


def test_la_liste_coute_autant_pour_2_imports_que_pour_20(equipe, django_assert_max_num_queries):
    couts = []
    for nombre in (2, 18):
        for _ in range(nombre):
            lot_de(1)
        # The header's entries are kept: each count begins without them.
        cache.clear()
        with django_assert_max_num_queries(12) as requetes:
            equipe.get("/imports/")
        couts.append(len(requetes))
    assert couts[0] == couts[1]
