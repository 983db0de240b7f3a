"""What the portal holds about a person, for that person: their rows, the history of these, what they signed.

Everything about them is there; of what they signed about others, only what they did. One query a table, whatever it
holds: what they changed is counted day by day.
"""

from django.conf import settings
from django.core.files import File
from django.db.models import Count, Model, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from comptes import traces
from comptes.models import Utilisateur

VOUS, UN_AUTRE = "vous", "une autre personne"
# They open something, or are nothing but the machine's.
JAMAIS = {"id", "password", "jeton", "cle"}
# A message that may open an account is read in the mailbox only.
CONFIDENTIELS = {"texte", "html", "lien"}
DE_L_HISTOIRE = {"history_id", "history_user", "history_change_reason", "history_date", "history_type"}

_declarees = {}


def declarer(titre, fonction):
    """Add what only a room can find: `fonction(identite)` returns a list of what JSON can hold."""
    _declarees[titre] = fonction


def rassembler(personne):
    """Return everything, in words, ready for JSON."""
    identite = traces.Identite.de(personne)
    lues = {modele: _lignes(modele, identite) for modele in traces.nos_modeles()}
    return {
        "portail": settings.ADRESSE_DU_SITE,
        "fait le": timezone.localtime().isoformat(timespec="seconds"),
        "compte": lues.pop(Utilisateur)[0][0],
        "à votre sujet": _titrees({modele: siennes for modele, (siennes, _) in lues.items()})
        | {titre: trouvees for titre, fonction in _declarees.items() if (trouvees := fonction(identite))},
        "ce que vous avez signé": _titrees({modele: signees for modele, (_, signees) in lues.items()}),
        "historique de ce qui vous concerne": _titrees({m: _historique(m, identite) for m in traces.nos_modeles()}),
        "ce que vous avez modifié, par jour": _titrees({m: _modifie(m, personne) for m in traces.nos_modeles()}),
        "connexion et sécurité": _titrees({m: _tierces(m, noms, personne) for m, noms in traces.TIERCES.items()}),
    }


def _titrees(par_modele):
    """Return {name of what: rows}, without what is empty."""
    return {str(modele._meta.verbose_name_plural): lignes for modele, lignes in par_modele.items() if lignes}


def _lignes(modele, identite):
    """Return the rows about a person, and those that they signed about somebody or something else."""
    condition = traces.a_propos_de(modele, identite)
    signataires = [champ.name for champ in traces.vers_un_compte(modele)]
    signees = Q(pk__in=[])
    for nom in signataires:
        signees |= Q(**{nom: identite.personne})
    if not condition and not signataires:
        return [], []
    liens = [champ.name for champ in modele._meta.concrete_fields if champ.is_relation]
    base = modele._base_manager.select_related(*liens).order_by("pk")
    siennes = {objet.pk: objet for objet in base.filter(condition)}
    autres = base.filter(signees).exclude(condition) if signataires else []
    # What somebody signed once may have become, since, what they no longer see.
    dites = {*modele.donnees_personnelles, *getattr(modele, "tus_a_qui_signe", ())} - set(signataires)
    return (
        [_dire(objet, identite.personne) for objet in siennes.values()],
        [_dire(objet, identite.personne, sauf=dites) for objet in autres],
    )


def _dire(objet, personne, sauf=()):
    """Return {field, in words: value}."""
    tus = JAMAIS | set(sauf) | (CONFIDENTIELS if getattr(objet, "est_confidentiel", False) else set())
    champs = [champ for champ in objet._meta.concrete_fields if champ.name not in tus]
    return {str(champ.verbose_name): _valeur(objet, champ, personne) for champ in champs}


def _valeur(objet, champ, personne):
    if champ.related_model is Utilisateur:
        cle = getattr(objet, champ.attname)
        return None if cle is None else VOUS if cle == personne.pk else UN_AUTRE
    if champ.choices:
        return getattr(objet, f"get_{champ.name}_display")()
    valeur = getattr(objet, champ.name)
    return str(valeur) if isinstance(valeur, Model | File) else valeur


def _historique(modele, identite):
    """Return the past states of what is about a person."""
    historique = traces.historique_de(modele)
    if historique is None:
        return []
    tus = JAMAIS | DE_L_HISTOIRE
    champs = [champ for champ in historique._meta.concrete_fields if champ.name not in tus]
    siennes = historique.objects.filter(traces.a_propos_de(modele, identite, historique))
    return [
        {
            "date": ligne.history_date,
            "quoi": ligne.get_history_type_display(),
            "par": VOUS if ligne.history_user_id == identite.personne.pk else UN_AUTRE,
            "motif": ligne.history_change_reason,
            # Keys as they are: what they point to may have gone.
            **{str(champ.verbose_name): _cle(ligne, champ, identite.personne) for champ in champs},
        }
        for ligne in siennes.order_by("history_date", "history_id")
    ]


def _cle(ligne, champ, personne):
    return _valeur(ligne, champ, personne) if champ.related_model is Utilisateur else getattr(ligne, champ.attname)


def _modifie(modele, personne):
    """Return on which days a person changed rows of a model, and how many."""
    historique = traces.historique_de(modele)
    if historique is None:
        return []
    jours = historique.objects.filter(history_user=personne).order_by().annotate(jour=TruncDate("history_date"))
    return [
        {"jour": jour, "modifications": nombre}
        for jour, nombre in jours.values_list("jour").annotate(nombre=Count("pk")).order_by("jour")
    ]


def _tierces(modele, noms, personne):
    champs = [modele._meta.get_field(nom) for nom in noms]
    lignes = modele._base_manager.filter(user=personne).order_by("pk")
    return [{str(champ.verbose_name): _valeur(ligne, champ, personne) for champ in champs} for ligne in lignes]
