"""What applying an import does, as data: previewed, done and undone from the same description.

An operation is a dictionary (it is kept as JSON):

- `{"creer": "app.Modele", "id": "…", "apres": {attname: value}}`: `id` names the new object for the others;
- `{"modifier": "app.Modele", "cle": pk, "avant": {…}, "apres": {…}}`;
- `{"agir": {…}}`: what the resource does by its own function, since more than rows is written (see its `agir`).

A value is JSON, or for a relation `{"de": id}`: the key of an object created by another operation of the same lot.
"""

import base64
import datetime
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection
from django.utils.duration import duration_iso_string

from tableurs import masse
from tableurs.francais import INSECABLE, enumeration, pluriel

OBJETS_NOMMES_MAX = 5


class Conflit(Exception):
    """The base is no longer what the preview was made on: `objets` names what changed, in French."""

    def __init__(self, objets):
        self.objets = list(objets)
        autres = len(self.objets) - OBJETS_NOMMES_MAX
        nommes = self.objets[:OBJETS_NOMMES_MAX]
        if autres > 0:
            nommes.append(f"{autres}{INSECABLE}autre{'s' if autres > 1 else ''}")
        super().__init__(enumeration(nommes))


def creer(modele, identifiant, **apres):
    return {"creer": modele._meta.label, "id": identifiant, "apres": _en_json(apres)}


def modifier(objet, **apres):
    """Return the operation that changes these attributes of an object read from the base."""
    avant = {attribut: getattr(objet, attribut) for attribut in apres}
    return {
        "modifier": objet._meta.label,
        "cle": valeur_json(objet.pk),
        "avant": _en_json(avant),
        "apres": _en_json(apres),
    }


def agir(**quoi):
    """Return the operation that the resource of the lot does itself."""
    return {"agir": _en_json(quoi)}


def cle_de(identifiant):
    """Return the reference to an object that the operation named `identifiant` creates."""
    return {"de": identifiant}


def _en_json(attributs):
    return {attribut: valeur_json(valeur) for attribut, valeur in attributs.items()}


def valeur_json(valeur):
    """Return a value as JSON keeps it whole; the field's `to_python` gives it back."""
    if valeur is None or isinstance(valeur, str | int | float | bool | dict | list):
        return valeur
    if isinstance(valeur, datetime.date | datetime.time):
        return valeur.isoformat()
    if isinstance(valeur, datetime.timedelta):
        return duration_iso_string(valeur)
    if isinstance(valeur, bytes | memoryview):
        return base64.b64encode(bytes(valeur)).decode("ascii")
    return str(valeur)


class Execution:
    """Does the operations of a lot, model after model, in batches, in the transaction of the caller.

    `lignes(inverse)` yields lists of operations, last ones first when `inverse`; it is called once or twice for each
    model. `modeles` gives the order: what is named comes before what names it. Rows of `derives` are computed from
    those: they go with what they name.
    """

    def __init__(self, modeles, lignes, auteur, motif, derives=()):
        self.derives = derives
        self.modeles, self.lignes, self.auteur, self.motif = modeles, lignes, auteur, motif
        self.cles = {}
        self._convertisseurs = {}

    @masse.sans_ramassage()
    def faire(self):
        """Return what `defaire` will need: the automatic keys created, in order, as {model label: [[first, number]]}.

        Raise `Conflit` when an object is not as it was previewed.
        """
        creees = {}
        for modele in self.modeles:
            plages = []
            for operations in self._par_lots(modele):
                _etendre(plages, self._creer(modele, _celles(operations, "creer")))
                self._modifier(modele, _celles(operations, "modifier"), "avant", "apres")
            if plages:
                creees[modele._meta.label] = plages
        self._verifier_les_liens("un objet nommé par une ligne n'existe plus")
        return creees

    @masse.sans_ramassage()
    def defaire(self, creees):
        """Restore the state before, given what `faire` returned. Raise `Conflit` over what somebody changed since."""
        for modele in self.modeles:
            cles = _derouler(creees.get(modele._meta.label, []))
            automatique = modele._meta.auto_field is not None
            for operations in self._par_lots(modele):
                for operation in _celles(operations, "creer"):
                    cle = next(cles) if automatique else self._resoudre(modele, operation["apres"])[_cle(modele)]
                    self.cles[operation["id"]] = cle
        for modele in reversed(self.modeles):
            for operations in self._par_lots(modele, inverse=True):
                self._modifier(modele, _celles(operations, "modifier"), "apres", "avant")
                self._supprimer(modele, _celles(operations, "creer"))
        self._verifier_les_liens("des objets créés par l'import sont utilisés ailleurs depuis")

    def _par_lots(self, modele, inverse=False):
        etiquette, lot = modele._meta.label, []
        for operations in self.lignes(inverse):
            for operation in reversed(operations) if inverse else operations:
                if operation.get("creer", operation.get("modifier")) == etiquette:
                    lot.append(operation)
            if len(lot) >= masse.TAILLE_DE_LOT:
                yield lot
                lot = []
        if lot:
            yield lot

    def _creer(self, modele, operations):
        """Return the keys that the database would have given."""
        if not operations:
            return []
        automatique = modele._meta.auto_field is not None
        cles = masse.reserver_cles(modele, len(operations)) if automatique else []
        objets = []
        for rang, operation in enumerate(operations):
            objet = modele(**self._resoudre(modele, operation["apres"]))
            if automatique:
                objet.pk = cles[rang]
            self.cles[operation["id"]] = objet.pk
            objets.append(objet)
        with _explique(modele, f"{modele._meta.verbose_name} déjà créé entre-temps"):
            masse.inserer(modele, objets)
        masse.historiser(modele, objets, "+", self.auteur, self.motif)
        return cles

    def _modifier(self, modele, operations, depuis, vers):
        if not operations:
            return
        objets = _verrouiller(modele, [operation["cle"] for operation in operations])
        changes, attributs, conflits = {}, set(), []
        for operation in operations:
            objet = objets.get(modele._meta.pk.to_python(operation["cle"]))
            if objet is None:
                conflits.append(f"{modele._meta.verbose_name} {operation['cle']}, qui n'existe plus")
                continue
            attendu = self._resoudre(modele, operation[depuis])
            differents = [nom for nom, valeur in attendu.items() if getattr(objet, nom) != valeur]
            if differents:
                conflits.append(_nommer(objet, differents))
                continue
            for nom, valeur in self._resoudre(modele, operation[vers]).items():
                setattr(objet, nom, valeur)
                attributs.add(nom)
            changes[objet.pk] = objet
        if conflits:
            raise Conflit(conflits)
        changes = list(changes.values())
        with _explique(modele, f"{modele._meta.verbose_name} déjà présent"):
            masse.modifier(modele, sorted(attributs), changes)
        masse.historiser(modele, changes, "~", self.auteur, self.motif)

    def _supprimer(self, modele, operations):
        """Delete what the lot created, if it still is as it was created and nothing names it."""
        if not operations:
            return
        objets = _verrouiller(modele, [self.cles[operation["id"]] for operation in operations])
        fixes = [champ.attname for champ in modele._meta.concrete_fields if _a_une_valeur_fixe(champ)]
        conflits = []
        for operation in operations:
            objet = objets.get(self.cles[operation["id"]])
            if objet is None:
                conflits.append(f"{modele._meta.verbose_name} {operation['id']}, qui n'existe plus")
                continue
            cree = modele(**self._resoudre(modele, operation["apres"]))
            connus = {*fixes, *operation["apres"]}
            differents = [nom for nom in sorted(connus) if getattr(objet, nom) != getattr(cree, nom)]
            if differents:
                conflits.append(_nommer(objet, differents))
        if conflits:
            raise Conflit(conflits)
        for derive, champ in _relations(modele):
            if derive in self.derives:
                derive._base_manager.filter(**{f"{champ.name}__in": list(objets)}).delete()
        conflits = list(utilises(modele, objets))
        if conflits:
            raise Conflit(conflits)
        masse.historiser(modele, list(objets.values()), "-", self.auteur, self.motif)
        modele._base_manager.filter(pk__in=list(objets))._raw_delete(using=DEFAULT_DB_ALIAS)

    def _resoudre(self, modele, attributs):
        """Return attributes with their native types, references replaced by keys."""
        return {nom: self._convertisseur(modele, nom)(valeur) for nom, valeur in attributs.items()}

    def _convertisseur(self, modele, nom):
        convertir = self._convertisseurs.get((modele, nom))
        if convertir is None:
            champ = modele._meta.get_field(nom)
            convertir = self._cle_nommee(champ.target_field) if champ.is_relation else champ.to_python
            self._convertisseurs[modele, nom] = convertir
        return convertir

    def _cle_nommee(self, cible):
        def convertir(valeur):
            if not isinstance(valeur, dict):
                return cible.to_python(valeur)
            if valeur["de"] not in self.cles:
                raise Conflit([f"« {valeur['de']} », dont une ligne a besoin, n'est pas retenu"])
            return self.cles[valeur["de"]]

        return convertir

    def _verifier_les_liens(self, sinon):
        """Find now what the databases would only find at the commit: a row that names one that is gone."""
        try:
            connection.check_constraints([modele._meta.db_table for modele in self.modeles])
        except IntegrityError as erreur:
            raise Conflit([sinon]) from erreur


def _celles(operations, genre):
    return [operation for operation in operations if genre in operation]


def _cle(modele):
    return modele._meta.pk.attname


def _a_une_valeur_fixe(champ):
    """Tell whether what a new object holds without being told is the same each time."""
    ecrit_seul = getattr(champ, "auto_now", False) or getattr(champ, "auto_now_add", False)
    return not (champ.primary_key or champ.generated or ecrit_seul or (champ.has_default() and callable(champ.default)))


def _etendre(plages, cles):
    for cle in cles:
        if plages and cle == sum(plages[-1]):
            plages[-1][1] += 1
        else:
            plages.append([cle, 1])


def en_plages(creees):
    """Return [(model, key)] as `Execution.faire` returns what it created: {model label: [[first key, number]]}."""
    plages = {}
    for modele, cle in sorted(creees, key=lambda cree: (cree[0]._meta.label, cree[1])):
        _etendre(plages.setdefault(modele._meta.label, []), [cle])
    return plages


def cles_creees(creees, modele):
    """Return the keys of a model in what was kept of an applied lot."""
    return list(_derouler(creees.get(modele._meta.label, [])))


def _derouler(plages):
    for premiere, nombre in plages:
        yield from range(premiere, premiere + nombre)


def _verrouiller(modele, cles):
    """Return {key: object}, locked in the order of their keys: two lots then wait for each other, never crosswise."""
    # `no_key`: a row that merely names one of these need not wait.
    lignes = modele._base_manager.select_for_update(no_key=True).filter(pk__in=cles).order_by("pk")
    return {objet.pk: objet for objet in lignes}


def _nommer(objet, attributs):
    champs = enumeration(f"« {objet._meta.get_field(nom).verbose_name} »" for nom in attributs)
    return f"{objet} ({champs} {pluriel(len(attributs), 'a changé', 'ont changé')})"


def _relations(modele):
    """Yield (model, field) of each foreign key to a model, those of tables in between included."""
    for relation in modele._meta.get_fields(include_hidden=True):
        champ = getattr(relation, "field", None)
        if relation.auto_created and not relation.concrete and getattr(champ, "db_constraint", False):
            yield relation.related_model, champ


def utilises(modele, objets):
    """Yield what names one of the objects ({key: object}) about to go, in French."""
    for autre_modele, champ in _relations(modele):
        autres = autre_modele._base_manager.filter(**{f"{champ.name}__in": list(objets)})
        if autre_modele is modele:
            autres = autres.exclude(pk__in=list(objets))
        for autre in autres.order_by("pk")[: OBJETS_NOMMES_MAX + 1]:
            yield f"{objets[getattr(autre, champ.attname)]}, utilisé par {autre._meta.verbose_name} « {autre} »"


@contextmanager
def _explique(modele, sinon):
    """Turn the refusal of a constraint into a `Conflit` that says which rule, in French."""
    try:
        yield
    except IntegrityError as erreur:
        violees = [contrainte for contrainte in modele._meta.constraints if contrainte.name in str(erreur)]
        regles = " ".join(str(contrainte.get_violation_error_message()) for contrainte in violees)
        raise Conflit([f"{sinon} ({regles})" if regles else sinon]) from erreur
