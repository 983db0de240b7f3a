"""`verifier_reference` passes on the real programme, and names what is broken."""

import datetime
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from pilotage.management.commands import verifier_reference
from programme.models import Besoin, Enveloppe, Mesure
from territoires.models import (
    Appellation,
    Collectivite,
    Composition,
    Couverture,
    Departement,
    FondDeCarte,
    Inscription,
    Liste,
    Perimetre,
    Rattachement,
    Region,
    Territoire,
)
from territoires.verification import CONTROLES, listes, totaux
from tests import factories as f

pytestmark = pytest.mark.django_db


def seulement(controles):
    """Leave out the other checks, which would read the whole base again for each test; none named: all of them."""
    gardes = {nom: CONTROLES[nom] for nom in controles} if controles else CONTROLES
    return mock.patch.dict(CONTROLES, dict(gardes), clear=True)


def verifier(*controles):
    """Return the report of a base without anomaly, as its text reads."""
    sortie = StringIO()
    with seulement(controles):
        call_command("verifier_reference", stdout=sortie)
    return lisible(sortie.getvalue())


def anomalies(*controles):
    """Return (what the command's error says, its report), once it has refused the base."""
    sortie = StringIO()
    with seulement(controles), pytest.raises(CommandError) as erreur:
        call_command("verifier_reference", stdout=sortie)
    assert erreur.value.returncode == 1
    return lisible(str(erreur.value)), lisible(sortie.getvalue())


def lisible(texte):
    return texte.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def remplacer_fichier(monkeypatch, module, nom, changer):
    """Make a check read the rows of the file `nom` as `changer` gives them back."""
    lire = module.lire
    monkeypatch.setattr(
        module, "lire", lambda chemin: changer(list(lire(chemin))) if chemin.endswith(nom) else lire(chemin)
    )


@pytest.fixture
def inscription(reference):
    return Inscription.objects.get(liste__slug="2022-12-31", code="ti-0402")


@pytest.fixture
def membre(inscription):
    return inscription.compositions.first()


def test_la_reference_est_saine_et_le_rapport_dit_ce_que_l_on_sait(reference):
    rapport = verifier()
    assert "✗" not in rapport
    assert "Liste de l'annonce (22 novembre 2018) : 124 territoires." in rapport
    assert "Périmètre final de la phase 1 (décembre 2022) : 149 territoires." in rapport
    assert "remplacée par CA Thionville Fensch Agglomération (992367730)" in rapport
    assert "ti-2706) : publié Bourgogne-Franche-Comté, communes de Bourgogne-Franche-Comté et Centre" in rapport
    assert "ne couvre qu'en partie Tannay-le-Mont-Dieu" in rapport
    assert "34 875 communes" in rapport


def test_une_base_vide_est_refusee_sans_erreur(base_vide):
    erreur, rapport = anomalies()
    assert "Listes, Membres, Totaux, Catalogue" in erreur
    assert "n'est pas dans la base" in rapport


# --- Lists


def test_une_inscription_manquante(inscription):
    inscription.delete()
    erreur, rapport = anomalies("Listes")
    assert "Listes" in erreur
    assert "(décembre 2022) : ti-0402 ne sont pas dans la base" in rapport


def test_une_inscription_de_trop(reference):
    f.InscriptionFactory(liste=Liste.objects.get(slug="2018-11-22"), code="ti-9999")
    assert "ti-9999 ne sont pas dans liste_2018-11-22.csv" in anomalies("Listes")[1]


def test_une_liste_manquante(reference):
    Liste.objects.filter(slug="2018-11-22").update(slug="autre")
    assert "La liste « Liste de l'annonce » n'est pas dans la base." in anomalies("Listes")[1]


def test_un_fichier_de_liste_tronque(reference, monkeypatch):
    remplacer_fichier(monkeypatch, listes, "liste_2018-11-22.csv", lambda lignes: lignes[:-1])
    assert "liste_2018-11-22.csv a 123 lignes au lieu de 124" in anomalies("Listes")[1]


def test_un_fichier_de_liste_qui_se_repete(reference, monkeypatch):
    remplacer_fichier(monkeypatch, listes, "liste_2018-11-22.csv", lambda lignes: [*lignes[:-1], lignes[0]])
    assert "liste_2018-11-22.csv répète ti-0101" in anomalies("Listes")[1]


# --- Members


def test_un_membre_manquant(membre):
    membre.delete()
    erreur, rapport = anomalies("Membres")
    assert "Membres" in erreur
    assert "membres absents de la base : ti-0402 249740093" in rapport


def test_un_membre_inconnu_dans_le_fichier(reference, monkeypatch):
    remplacer_fichier(
        monkeypatch, listes, "membres_2022-12.csv", lambda lignes: [*lignes, {**lignes[0], "siren_epci": "999999999"}]
    )
    assert "membres_2022-12.csv : codes inconnus : 999999999" in anomalies("Membres")[1]


def test_un_membre_fini_sans_successeur(reference):
    Collectivite.objects.filter(pk="245701222").update(remplacee_par=None)
    erreur, rapport = anomalies("Membres")
    assert erreur == "1 anomalie : Membres."
    assert "CA du Val de Fensch (245701222) a pris fin le 31 décembre 2025 sans successeur" in rapport


def test_un_membre_sans_commune_a_la_date_de_la_liste(membre):
    Rattachement.objects.filter(groupement=membre.collectivite).delete()
    assert "membres sans aucune commune à cette date : CA Intercommunale de la Réunion Est" in anomalies("Membres")[1]


def test_un_membre_ajoute_par_decision_n_est_qu_une_information(inscription):
    invitee = Collectivite.objects.get(pk="249740077")
    f.CompositionFactory(inscription=inscription, collectivite=invitee, du="2999-01-01")
    assert "membres ajoutés depuis : ti-0402 249740077" in verifier("Membres")


# --- Coverage


def test_une_commune_dans_deux_territoires(inscription):
    autre = Inscription.objects.get(liste=inscription.liste, code="ti-0401")
    commune = Couverture.objects.filter(inscription=autre).first().commune
    Composition.objects.create(inscription=inscription, collectivite=commune)
    erreur, rapport = anomalies("Recouvrements")
    assert "Recouvrements" in erreur
    assert f"{commune.nom} ({commune.pk}) est à la fois dans {autre} et dans {inscription}" in rapport


@pytest.mark.parametrize("geste", ["manquante", "de trop", "partielle"])
def test_une_couverture_qui_ne_suit_pas_les_membres(geste, inscription):
    couvertures = Couverture.objects.filter(inscription=inscription)
    if geste == "manquante":
        couvertures.first().delete()
    elif geste == "de trop":
        Couverture.objects.create(liste=inscription.liste, inscription=inscription, commune_id="22016")
    else:
        couvertures.filter(pk=couvertures.first().pk).update(partielle=True)
    assert f"la couverture de {inscription} est à recalculer" in anomalies("Recouvrements")[1]


def test_des_successeurs_qui_tournent_en_rond(reference):
    hier = datetime.date(2025, 1, 1)
    Collectivite.objects.filter(pk="01001").update(au=hier, remplacee_par="01002")
    Collectivite.objects.filter(pk="01002").update(au=hier, remplacee_par="01001")
    assert "Communes qui ne mènent à aucune commune d'aujourd'hui : 01001 et 01002" in anomalies("Recouvrements")[1]


# --- Perimeters


def test_un_perimetre_manquant(inscription):
    Perimetre.objects.filter(pk=inscription.pk).delete()
    erreur, rapport = anomalies("Périmètres")
    assert erreur == "1 anomalie : Périmètres."
    assert f"{inscription} n'a pas de périmètre" in rapport


@pytest.mark.parametrize(
    ("champ", "dit"), [("nb_communes", "communes"), ("population", "population"), ("superficie", "superficie")]
)
def test_un_perimetre_dont_un_chiffre_est_faux(champ, dit, inscription):
    Perimetre.objects.filter(pk=inscription.pk).update(**{champ: F(champ) + 1})
    assert f"le périmètre de {inscription} est à recalculer ({dit})" in anomalies("Périmètres")[1]


@pytest.mark.parametrize(("relation", "dit"), [("departements", "départements"), ("regions", "régions")])
def test_un_perimetre_dont_les_lieux_sont_faux(relation, dit, inscription):
    getattr(inscription.perimetre, relation).clear()
    assert f"le périmètre de {inscription} est à recalculer ({dit})" in anomalies("Périmètres")[1]


# --- Totals


def test_une_population_qui_n_est_pas_celle_du_cog(reference):
    Collectivite.objects.filter(pk="01001").update(population=F("population") + 1)
    erreur, rapport = anomalies("Totaux")
    assert "Totaux" in erreur
    assert "Région 84, population" in rapport
    assert "Auvergne-Rhône-Alpes : les totaux du fond de carte ne sont pas ceux de ses communes" in rapport


def test_une_superficie_qui_n_est_pas_celle_du_cog(reference):
    Collectivite.objects.filter(pk="01001").update(superficie=F("superficie") + 1)
    assert "Région 84, superficie (km²)" in anomalies("Totaux")[1]


def test_une_commune_de_trop(reference):
    f.CommuneFactory(departement=Departement.objects.get(pk="01"))
    rapport = anomalies("Totaux", "Recherche")[1]
    assert "Région 84, communes" in rapport
    assert "introuvables par leur nom : Commune Z" in rapport


def test_une_commune_sans_population(reference):
    Collectivite.objects.filter(pk="01001").update(population=None)
    assert "sans population ou sans superficie : L'Abergement-Clémenciat" in anomalies("Totaux")[1]


def test_un_fond_de_carte_manquant(reference):
    FondDeCarte.objects.get(pk="84").delete()
    assert "Région 84 : pas de fond de carte." in anomalies("Totaux")[1]


def test_une_region_ou_un_departement_de_trop(reference):
    departement = f.DepartementFactory(code="ZZZ")
    rapport = anomalies("Totaux")[1]
    assert "Départements : ZZZ manquent ou sont de trop." in rapport
    assert f"Régions : {departement.region_id} manquent ou sont de trop." in rapport


@pytest.mark.parametrize(
    ("limite", "dit"),
    [
        ("POPULATION_HORS_MAYOTTE", "Population hors Mayotte : 68 094 280, l'Insee publie 68 000 000"),
        ("SUPERFICIE_CADASTRALE", "Superficie : 637 871 km², hors des mesures officielles"),
    ],
)
def test_la_france_a_sa_taille(limite, dit, reference, monkeypatch):
    monkeypatch.setattr(totaux, limite, 68_000_000)
    erreur, rapport = anomalies("Totaux")
    assert erreur == "1 anomalie : Totaux."
    assert dit in rapport


# --- Regions, names, search, catalogue


def test_un_territoire_hors_de_sa_region_pilote(inscription):
    Inscription.objects.filter(pk=inscription.pk).update(region=Region.objects.get(pk="84"))
    erreur, rapport = anomalies("Régions")
    assert erreur == "1 anomalie : Régions."
    assert "n'est pas dans sa région pilote (Auvergne-Rhône-Alpes)" in rapport


def test_un_nom_qui_n_est_pas_celui_de_la_derniere_liste(inscription):
    Territoire.objects.filter(pk=inscription.territoire_id).update(nom="Autre")
    erreur, rapport = anomalies("Noms")
    assert erreur == "1 anomalie : Noms."
    assert f"ti-0402 s'appelle « Autre », et « {inscription.nom} » dans sa dernière liste" in rapport


def test_un_territoire_d_une_autre_phase(inscription):
    Territoire.objects.filter(pk=inscription.territoire_id).update(phase=f.PhaseFactory())
    assert "y est inscrit comme territoire d'une autre phase" in anomalies("Noms")[1]


def test_un_territoire_d_aucune_liste_n_est_qu_une_information(reference):
    f.TerritoireFactory(nom="Essai solitaire")
    assert "Territoires d'aucune liste : Essai solitaire." in verifier("Noms")


def test_une_commune_introuvable(reference):
    Appellation.objects.filter(commune="01001", nature="nom").delete()
    erreur, rapport = anomalies("Recherche")
    assert erreur == "1 anomalie : Recherche."
    assert "L'Abergement-Clémenciat (01001)" in rapport


@pytest.mark.parametrize(("modele", "dit"), [(Besoin, "Besoins"), (Mesure, "Mesures"), (Enveloppe, "Enveloppes")])
def test_un_catalogue_incomplet(modele, dit, reference):
    objet = modele.objects.first()
    modele.objects.filter(pk=objet.pk).update(code="autre")
    erreur, rapport = anomalies("Recherche")
    assert erreur == "1 anomalie : Catalogue."
    assert f"{dit} : {objet.code} ne sont pas dans la base" in rapport


def test_un_fichier_du_catalogue_tronque(reference, monkeypatch):
    remplacer_fichier(monkeypatch, verifier_reference, "mesures.csv", lambda lignes: lignes[:17])
    assert "mesures.csv a 17 lignes au lieu de 18" in anomalies("Recherche")[1]
