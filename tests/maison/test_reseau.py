"""Tests cannot reach another machine."""

import socket
import urllib.request

import pytest

from tests.outils.reseau import ReseauInterdit, est_locale


@pytest.mark.parametrize("hote", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "", None, b"localhost"])
def test_cette_machine_est_accessible(hote):
    assert est_locale(hote)


@pytest.mark.parametrize("hote", ["192.0.2.1", "2001:db8::1", "exemple.example", "10.0.0.1", "fe80::1%eth0"])
def test_les_autres_ne_le_sont_pas(hote):
    assert not est_locale(hote)


def test_se_connecter_ailleurs_echoue():
    with socket.socket() as prise, pytest.raises(ReseauInterdit):
        prise.connect(("192.0.2.1", 80))


def test_envoyer_ailleurs_echoue():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as prise, pytest.raises(ReseauInterdit):
        prise.sendto(b"x", ("192.0.2.1", 53))


def test_chercher_un_nom_echoue():
    with pytest.raises(ReseauInterdit):
        urllib.request.urlopen("http://exemple.example/")


def test_la_boucle_locale_et_les_prises_unix_fonctionnent(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as serveur, socket.create_connection(serveur.getsockname()) as prise:
        assert prise.getpeername() == serveur.getsockname()
    with socket.socket(socket.AF_UNIX) as serveur, socket.socket(socket.AF_UNIX) as prise:
        serveur.bind(str(tmp_path / "prise"))
        serveur.listen()
        prise.connect(str(tmp_path / "prise"))
