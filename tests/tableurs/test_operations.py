"""What applying does, as data: done exactly, undone exactly, or refused with the name of what changed."""

import datetime
import json
import uuid
from decimal import Decimal

import pytest
from django.db import transaction

from tableurs import masse, operations
from tableurs.operations import Conflit, Execution
from territoires.models import Collectivite, Composition, Departement, Inscription, Liste, Region, Territoire
from tests.factories import (
    CommuneFactory,
    DepartementFactory,
    InscriptionFactory,
    ListeFactory,
    RegionFactory,
    UtilisateurFactory,
)
from tests.tableurs.lots_essai import photographie

pytestmark = pytest.mark.django_db

MODELES = (Region, Departement, Collectivite, Liste, Territoire, Inscription, Composition)


def executer(*lignes, auteur=None, motif="Import essai"):
    """Return an execution of rows of operations, as JSON keeps them."""
    gardees = json.loads(json.dumps(lignes))
    return Execution(MODELES, lambda inverse: reversed(gardees) if inverse else iter(gardees), auteur, motif)


def nouveau_territoire():
    """Return the operations that create a territory in a list, with one member, naming each other."""
    liste, commune = ListeFactory(), CommuneFactory()
    return [
        operations.creer(Territoire, "t", phase_id=liste.phase_id, code="ti-X", slug="ti-x", nom="Neuf"),
        operations.creer(
            Inscription,
            "i",
            liste_id=liste.pk,
            territoire_id=operations.cle_de("t"),
            code="ti-X",
            nom="Neuf",
            nom_normalise="neuf ti x",
            region_id=commune.departement.region_id,
            fiabilite="officiel",
        ),
        operations.creer(Composition, "c", inscription_id=operations.cle_de("i"), collectivite_id=commune.pk),
    ]


def test_les_objets_crees_se_nomment_entre_eux():
    executer(nouveau_territoire()).faire()
    inscription = Inscription.objects.get(code="ti-X")
    assert inscription.territoire.slug == "ti-x"
    assert inscription.compositions.count() == 1


@pytest.mark.parametrize("taille", [1, 2, 5000])
def test_defaire_rend_exactement_l_etat_d_avant(taille, base_vide, monkeypatch):
    monkeypatch.setattr(masse, "TAILLE_DE_LOT", taille)
    region, commune = RegionFactory(nom="Avant"), CommuneFactory(population=None)
    creations = nouveau_territoire()
    lignes = [
        creations[:1],
        [*creations[1:], operations.modifier(region, nom="Après")],
        [operations.modifier(commune, population=12, superficie=Decimal("1.50"), du=datetime.date(2020, 1, 1))],
    ]
    avant = photographie(*MODELES)
    creees = json.loads(json.dumps(executer(*lignes).faire()))
    assert photographie(*MODELES) != avant
    assert Region.objects.get(pk=region.pk).nom == "Après"
    executer(*lignes).defaire(creees)
    assert photographie(*MODELES) == avant


def test_un_objet_modifie_deux_fois_par_le_lot_est_rendu():
    region = RegionFactory(nom="Un")
    premiere = operations.modifier(region, nom="Deux")
    region.nom = "Deux"
    lignes = [[premiere], [operations.modifier(region, nom="Trois")]]
    executer(*lignes).faire()
    assert Region.objects.get(pk=region.pk).nom == "Trois"
    executer(*lignes).defaire({})
    assert Region.objects.get(pk=region.pk).nom == "Un"


def test_l_historique_porte_l_import_la_personne_et_le_genre():
    personne, region = UtilisateurFactory(), RegionFactory(nom="Avant")
    lignes = [[operations.modifier(region, nom="Après")], [operations.creer(Region, "r", code="ZX", nom="Neuve")]]
    creees = executer(*lignes, auteur=personne).faire()
    executer(*lignes, auteur=personne, motif="Annulation : Import essai").defaire(creees)
    traces = Region.historique.filter(history_user=personne).order_by("pk")
    assert sorted(traces.values_list("code", "history_type", "history_change_reason", "nom")) == sorted(
        [
            ("ZX", "+", "Import essai", "Neuve"),
            (region.pk, "~", "Import essai", "Après"),
            ("ZX", "-", "Annulation : Import essai", "Neuve"),
            (region.pk, "~", "Annulation : Import essai", "Avant"),
        ]
    )


def test_ce_qui_a_change_depuis_l_apercu_est_nomme():
    region = RegionFactory(nom="Avant")
    lignes = [[operations.modifier(region, nom="Après")]]
    Region.objects.filter(pk=region.pk).update(nom="Entre-temps")
    with pytest.raises(Conflit, match=r"Entre-temps \(« nom » a changé\)"):
        executer(*lignes).faire()


def test_un_objet_supprime_depuis_l_apercu_est_nomme():
    region = RegionFactory(nom="Avant")
    lignes = [[operations.modifier(region, nom="Après")]]
    region.delete()
    with pytest.raises(Conflit, match="n'existe plus"):
        executer(*lignes).faire()


def test_ce_qui_a_ete_cree_par_un_autre_est_un_conflit():
    lignes = [[operations.creer(Region, "r", code="ZX", nom="Neuve")]]
    RegionFactory(code="ZX")
    with pytest.raises(Conflit, match="région déjà créé"):
        executer(*lignes).faire()


def test_la_regle_refusee_par_la_base_est_dite():
    departement = DepartementFactory()
    lignes = [
        [operations.creer(Collectivite, "c", code="123", nature="COM", nom="Trop court", departement_id=departement.pk)]
    ]
    with pytest.raises(Conflit, match="5 caractères"):
        executer(*lignes).faire()


def test_ce_que_nomme_une_ligne_doit_exister_encore():
    lignes = [[operations.creer(Departement, "d", code="ZX", nom="Neuf", region_id="QQ")]]
    with pytest.raises(Conflit, match="n'existe plus"), transaction.atomic():
        executer(*lignes).faire()


def test_ce_dont_une_ligne_a_besoin_doit_etre_retenu():
    creations = nouveau_territoire()
    with pytest.raises(Conflit, match="n'est pas retenu"):
        executer(creations[1:]).faire()


def test_annuler_dit_ce_qui_a_ete_change_depuis():
    region = RegionFactory(nom="Avant")
    lignes = [[operations.modifier(region, nom="Après")]]
    executer(*lignes).faire()
    Region.objects.filter(pk=region.pk).update(nom="Corrigée")
    with pytest.raises(Conflit, match=r"Corrigée \(« nom » a changé\)"):
        executer(*lignes).defaire({})


def test_un_autre_champ_change_depuis_n_empeche_pas_d_annuler():
    commune = CommuneFactory(population=10)
    lignes = [[operations.modifier(commune, population=20)]]
    executer(*lignes).faire()
    Collectivite.objects.filter(pk=commune.pk).update(superficie=Decimal("3.00"))
    executer(*lignes).defaire({})
    commune.refresh_from_db()
    assert (commune.population, commune.superficie) == (10, Decimal("3.00"))


def test_un_objet_cree_puis_complete_n_est_pas_supprime():
    """Its population wasn't in the import: somebody typed it, it would be lost."""
    departement = DepartementFactory()
    lignes = [
        [operations.creer(Collectivite, "c", code="Z9999", nature="COM", nom="Neuve", departement_id=departement.pk)]
    ]
    creees = executer(*lignes).faire()
    Collectivite.objects.filter(pk="Z9999").update(population=7)
    with pytest.raises(Conflit, match=r"Neuve \(Z9999\) \(« population"):
        executer(*lignes).defaire(creees)


def test_un_objet_cree_puis_utilise_ailleurs_n_est_pas_supprime():
    lignes = [nouveau_territoire()]
    creees = executer(*lignes).faire()
    territoire = Territoire.objects.get(code="ti-X")
    autre_liste = ListeFactory(phase=territoire.phase, date=datetime.date(2020, 6, 1))
    InscriptionFactory(territoire=territoire, liste=autre_liste)
    with pytest.raises(Conflit, match="Neuf, utilisé par inscription"):
        executer(*lignes).defaire(creees)


def test_une_relation_multiple_ajoutee_depuis_empeche_aussi_d_annuler():
    lignes = [nouveau_territoire()]
    creees = executer(*lignes).faire()
    Inscription.objects.get(code="ti-X").regions.add(RegionFactory())
    with pytest.raises(Conflit, match="utilisé par"):
        executer(*lignes).defaire(creees)


def test_des_successeurs_crees_ensemble_sont_defaits_ensemble(base_vide):
    departement = DepartementFactory()
    communs = {"nature": "COM", "departement_id": departement.pk}
    lignes = [
        [
            operations.creer(
                Collectivite,
                "a",
                code="Z9991",
                nom="A",
                au=datetime.date(2024, 1, 1),
                remplacee_par_id="Z9992",
                **communs,
            )
        ],
        [operations.creer(Collectivite, "b", code="Z9992", nom="B", **communs)],
    ]
    avant = photographie(Collectivite)
    creees = executer(*lignes).faire()
    assert Collectivite.objects.get(pk="Z9991").remplacee_par.nom == "B"
    executer(*lignes).defaire(creees)
    assert photographie(Collectivite) == avant


def test_un_conflit_nomme_les_premiers_et_compte_les_autres():
    assert str(Conflit([f"objet {n}" for n in range(1, 9)])) == (
        "objet 1, objet 2, objet 3, objet 4, objet 5 et 3\N{NO-BREAK SPACE}autres"
    )


@pytest.mark.parametrize(
    ("champ", "valeur"),
    [
        (Collectivite._meta.get_field("superficie"), Decimal("12.30")),
        (Collectivite._meta.get_field("du"), datetime.date(2024, 2, 29)),
        (Collectivite._meta.get_field("population"), 12),
        (UtilisateurFactory._meta.model._meta.get_field("last_login"), datetime.datetime.now(datetime.UTC)),
    ],
)
def test_une_valeur_gardee_en_json_revient_entiere(champ, valeur):
    gardee = json.loads(json.dumps(operations.valeur_json(valeur)))
    assert champ.to_python(gardee) == valeur


def test_les_autres_types_se_gardent_en_json():
    for valeur in (uuid.uuid4(), datetime.time(12, 1, 2, 3), datetime.timedelta(days=-1, microseconds=3), b"\x00\xff"):
        json.dumps(operations.valeur_json(valeur))


def test_dix_mille_cles_creees_tiennent_en_une_plage():
    plages = []
    operations._etendre(plages, list(range(5, 10_005)))
    operations._etendre(plages, [20_000])
    assert plages == [[5, 10_000], [20_000, 1]]
    assert list(operations._derouler(plages)) == [*range(5, 10_005), 20_000]
