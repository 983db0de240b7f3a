"""Measures and envelopes brought in: needs by code or name, ranks that are taken, what a correction leaves alone."""

import io
from decimal import Decimal

import pytest

from programme.models import Besoin, Enveloppe, Mesure
from tableurs import lots
from tableurs.enums import Seau
from tests import factories as f
from tests.tableurs.conftest import dossier_prive  # noqa: F401
from tests.tableurs.fichiers import fichier_csv

pytestmark = pytest.mark.django_db

ENTETES = ["code", "besoin", "ordre", "titre", "description", "fiabilite", "source"]
NEUVE = ["ATT-9", "attirer", "9", "Une mesure", "Elle apporte.", "officielle", "https://exemple.example"]
ENTETES_ENVELOPPES = ["code", "phase", "nom", "montant_annonce", "precision", "source"]


def deposer(lignes, ressource="mesures", entetes=ENTETES):
    return lots.deposer(io.BytesIO(fichier_csv([entetes, *lignes])), "essai.csv", ressource)


def verdict(ligne, **options):
    """Return (bucket, reason and remedy, changes) of the only row of a file."""
    (detail,) = deposer([ligne], **options).details.filter(numero__gt=0)
    return detail.seau, " ".join(f"{p['raison']} {p['remede']}" for p in detail.problemes), detail.changements


def avec(**valeurs):
    return [valeurs.get(nom, valeur) for nom, valeur in zip(ENTETES, NEUVE, strict=True)]


def test_une_mesure_nouvelle_est_creee_puis_retiree():
    lot = deposer([NEUVE])
    assert (lot.lignes, lot.crees, lot.disparus) == (1, 1, 18)
    assert not Mesure.objects.filter(code="ATT-9").exists()
    lots.appliquer(lot)
    mesure = Mesure.objects.get(code="ATT-9")
    assert (mesure.besoin.code, mesure.ordre, mesure.titre) == ("attirer", 9, "Une mesure")
    assert mesure.historique.get().history_change_reason == lot.motif
    assert deposer([NEUVE]).inchanges == 1
    lots.annuler(lot)
    assert not Mesure.objects.filter(code="ATT-9").exists()


@pytest.mark.parametrize("besoin", ["attirer", "Attirer", "ATTIRER ", "  attirer"])
def test_le_besoin_se_dit_par_son_code_ou_son_nom(besoin):
    assert verdict(avec(besoin=besoin))[0] == Seau.CREEE


def test_un_besoin_inconnu_est_refuse_avec_les_noms_proches():
    lot = deposer([avec(besoin="atirer")])
    (probleme,) = lot.details.get(numero=2).problemes
    assert (probleme["lettre"], probleme["valeur"]) == ("B", "atirer")
    assert "n'est pas dans la liste" in probleme["raison"]
    assert "« Attirer »" in probleme["remede"].replace("\N{NO-BREAK SPACE}", " ")
    assert "Recruter" in verdict(avec(besoin="zzz"))[1]


def test_un_nom_de_besoin_porte_dans_deux_phases_demande_le_code():
    f.BesoinFactory(code="attirer-2", nom="Attirer")
    seau, raison, _ = verdict(avec(besoin="ATTIRER"))
    assert seau == Seau.REFUSEE
    assert "attirer-2" in raison
    assert verdict(avec(besoin="attirer-2"))[0] == Seau.CREEE


@pytest.mark.parametrize(
    ("lignes", "entetes", "lettre"),
    [
        ([["att-1", "x"]], ["code", "titre"], "A"),
        ([["x", "NEUF-1"]], ["titre", "code"], "B"),
        ([["ATT-1", "Un"], ["ATT-1", "Deux"]], ["code", "titre"], "A"),
        ([["ATT-1", "2"]], ["code", "ordre"], "B"),
        ([["ATT-1", "zzz"]], ["code", "besoin"], "B"),
        ([["Pas un code", "x"]], ["code", "titre"], "A"),
    ],
)
def test_une_ligne_refusee_l_est_a_sa_cellule(lignes, entetes, lettre):
    (detail,) = deposer(lignes, entetes=entetes).details.filter(seau=Seau.REFUSEE)
    assert [probleme["lettre"] for probleme in detail.problemes] == [lettre]
    assert detail.problemes[0]["valeur"]


@pytest.mark.parametrize(
    ("ressource", "code", "libelle"), [("mesures", "ATT-1", "ATT-1 · "), ("enveloppes", "PIA", " (PIA)")]
)
def test_ce_que_le_fichier_ne_nomme_pas_est_garde_sous_son_nom(ressource, code, libelle):
    entetes = ["code", "titre"] if ressource == "mesures" else ["code", "nom"]
    lot = deposer([["zzz", "Autre"]], ressource=ressource, entetes=entetes)
    (disparu,) = lot.details.filter(seau=Seau.DISPARU, libelle__contains=code)
    assert libelle in disparu.libelle
    assert len(disparu.libelle) > len(libelle)
    lots.choisir_les_disparus(lot, None, terminer=True)
    assert not lot.details.filter(seau=Seau.DISPARU, retenue=True).exists()


@pytest.mark.parametrize("ligne", [["ATT-1", ""], ["att-1", "x"], ["ATT-1", "x" * 251]])
def test_une_ligne_refusee_ne_fait_pas_disparaitre_ce_qu_elle_nomme(ligne):
    lot = deposer([ligne], entetes=["code", "titre"])
    assert (lot.refuses, lot.disparus) == (1, 17)


def test_un_rang_deja_pris_est_refuse_en_nommant_qui_le_tient():
    seau, raison, _ = verdict(avec(ordre="1"))
    assert seau == Seau.REFUSEE
    assert "Le rang 1 du besoin" in raison
    assert "ATT-1" in raison


def test_deux_lignes_ne_prennent_pas_le_meme_rang():
    lot = deposer([NEUVE, avec(code="ATT-10")])
    assert (lot.crees, lot.refuses) == (1, 1)
    assert "ATT-9" in lot.details.get(seau=Seau.REFUSEE).problemes[0]["raison"]


def test_un_echange_de_rangs_est_refuse_en_disant_comment_faire():
    entetes = ["code", "ordre"]
    lot = deposer([["ATT-1", "2"], ["ATT-2", "1"]], entetes=entetes)
    assert lot.refuses == 2
    assert "deux imports" in lot.details.filter(seau=Seau.REFUSEE)[0].problemes[0]["remede"]
    provisoire = deposer([["ATT-1", "99"]], entetes=entetes)
    lots.appliquer(provisoire)
    lots.appliquer(deposer([["ATT-2", "1"]], entetes=entetes))
    lots.appliquer(deposer([["ATT-1", "2"]], entetes=entetes))
    assert Mesure.objects.get(code="ATT-2").ordre == 1


def test_changer_de_besoin_vers_un_rang_pris_est_refuse():
    assert verdict(["ATT-1", "recruter"], entetes=["code", "besoin"])[0] == Seau.REFUSEE
    seau, _, changements = verdict(["ATT-1", "recruter", "50"], entetes=["code", "besoin", "ordre"])
    assert seau == Seau.MODIFIEE
    assert {"champ": "besoin", "avant": "Attirer", "apres": "Recruter"} in changements


def test_un_fichier_de_corrections_ne_touche_que_ses_colonnes():
    avant = Mesure.objects.get(code="ATT-1")
    seau, _, changements = verdict(["ATT-1", "Seulement mentionnée"], entetes=["code", "fiabilite"])
    assert seau == Seau.MODIFIEE
    assert changements == [
        {"champ": "fiabilité", "avant": "Reformulée par une source", "apres": "Seulement mentionnée"}
    ]
    lots.appliquer(deposer([["ATT-1", "mention"]], entetes=["code", "fiabilite"]))
    apres = Mesure.objects.get(code="ATT-1")
    assert (apres.fiabilite, apres.titre, apres.ordre) == ("mention", avant.titre, avant.ordre)


def test_une_mesure_nouvelle_sans_tout_ce_qu_il_faut_est_refusee():
    seau, raison, _ = verdict(["NEUF-1", "Un titre"], entetes=["code", "titre"])
    assert seau == Seau.REFUSEE
    for manque in ("Besoin", "Rang", "Fiabilité"):
        assert manque in raison


@pytest.mark.parametrize(
    "valeurs",
    [
        {"code": ""},
        {"code": "avec espace"},
        {"code": "é"},
        {"code": "a" * 21},
        {"besoin": ""},
        {"ordre": "premier"},
        {"ordre": "-1"},
        {"ordre": "99999"},
        {"ordre": ""},
        {"titre": ""},
        {"titre": "a" * 251},
        {"fiabilite": "sûre"},
        {"fiabilite": ""},
    ],
)
def test_une_valeur_impossible_est_refusee_en_francais(valeurs):
    seau, raison, _ = verdict(avec(**valeurs))
    assert seau == Seau.REFUSEE
    assert raison


def test_un_code_qui_ne_differe_que_par_ses_majuscules_est_refuse():
    seau, raison, _ = verdict(avec(code="att-1"))
    assert seau == Seau.REFUSEE
    assert "ATT-1" in raison
    assert deposer([NEUVE, avec(code="Att-9", ordre="10")]).refuses == 1


def test_la_meme_ligne_deux_fois_est_un_doublon():
    lot = deposer([NEUVE, NEUVE])
    assert (lot.crees, lot.doublons) == (1, 1)


@pytest.mark.parametrize(
    ("garde", "ecrit"),
    [
        ("80\u00a0% des cas", "80 % des cas"),
        ("Un  double", "Un double"),
        ("a\r\nb", "a\nb"),
        ("cœur ", "cœur"),
    ],
)
def test_une_espace_d_une_autre_sorte_ne_change_rien(garde, ecrit):
    mesure = f.MesureFactory(description=garde)
    assert verdict([mesure.code, ecrit], entetes=["code", "description"])[0] == Seau.INCHANGEE
    assert verdict([mesure.code, f"{ecrit}x"], entetes=["code", "description"])[0] == Seau.MODIFIEE


def test_lire_ne_demande_pas_plus_de_requetes_pour_plus_de_lignes(django_assert_max_num_queries):
    for nombre in (2, 30):
        lignes = [avec(code=f"NEUF-{rang}", ordre=str(100 + rang)) for rang in range(nombre)]
        with django_assert_max_num_queries(40):
            assert deposer(lignes).crees == nombre


# --- Envelopes ------------------------------------------------------------------------------------------------------
def enveloppe(**valeurs):
    neuve = ["FSI", "1", "Fonds d'accélération", "1,5 M€", "plus de", "https://exemple.example"]
    return [valeurs.get(nom, valeur) for nom, valeur in zip(ENTETES_ENVELOPPES, neuve, strict=True)]


def verdict_enveloppe(**valeurs):
    return verdict(enveloppe(**valeurs), ressource="enveloppes", entetes=ENTETES_ENVELOPPES)


def test_une_enveloppe_nouvelle_vient_apres_les_autres():
    lot = deposer([enveloppe(), enveloppe(code="FTJ", montant_annonce="")], "enveloppes", ENTETES_ENVELOPPES)
    lots.appliquer(lot)
    assert list(Enveloppe.objects.values_list("code", flat=True))[-2:] == ["FSI", "FTJ"]
    assert Enveloppe.objects.get(code="FSI").montant_annonce == Decimal("1500000.00")
    assert Enveloppe.objects.get(code="FTJ").montant_annonce is None
    assert Enveloppe.objects.get(code="FSI").precision == "au_moins"


@pytest.mark.parametrize("phase", ["1", "Phase 1 (2018-2022)", "phase 1 2018 2022"])
def test_la_phase_se_dit_par_son_numero_ou_son_nom(phase):
    assert verdict_enveloppe(phase=phase)[0] == Seau.CREEE


@pytest.mark.parametrize(
    "valeurs",
    [
        {"phase": "9"},
        {"phase": ""},
        {"montant_annonce": "-1"},
        {"montant_annonce": "12 $"},
        {"montant_annonce": "1.234"},
        {"montant_annonce": "9" * 14},
        {"precision": "environ"},
        {"nom": ""},
        {"code": "P I A"},
    ],
)
def test_une_enveloppe_impossible_est_refusee(valeurs):
    seau, raison, _ = verdict_enveloppe(**valeurs)
    assert seau == Seau.REFUSEE
    assert raison


def test_un_montant_corrige_se_montre_avant_et_apres():
    seau, _, changements = verdict(
        ["PIC", "260 000 000 €"], ressource="enveloppes", entetes=["code", "montant_annonce"]
    )
    assert seau == Seau.MODIFIEE
    (changement,) = changements
    assert changement["champ"] == "montant annoncé (€)"
    assert changement["avant"].startswith("250000000")
    assert changement["apres"].startswith("260000000")


def test_les_disparues_sont_nommees_sans_etre_touchees():
    lot = deposer([["PIC", "Plan"]], "enveloppes", ["code", "nom"])
    assert lot.disparus == 2
    lots.appliquer(lot)
    assert Enveloppe.objects.count() == 3
    assert Besoin.objects.count() == 4
