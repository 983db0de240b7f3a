"""What applying an import does, as data: previewed, done and undone from the same description.

An operation is a dictionary (it is kept as JSON):

- `{"creer": "app.Modele", "id": "…", "apres": {attname: value}}`: `id` names the new object for the others;
- `{"modifier": "app.Modele", "cle": pk, "avant": {…}, "apres": {…}}`.

A value is JSON, or `{"de": id}`: the key of an object created by another operation of the same lot.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection

from tableurs import masse


class Conflit(Exception):
    """The base is no longer what the preview was made on: `objets` names what changed, in French."""

    def __init__(self, objets):
        self.objets = list(objets)
        super().__init__(", ".join(self.objets))


def creer(modele, identifiant, **apres):
    return {"creer": modele._meta.label, "id": identifiant, "apres": _en_json(apres)}


def modifier(objet, **apres):
    """Return the operation that changes these attributes of an object read from the base."""
    avant = {attribut: getattr(objet, attribut) for attribut in apres}
    return {
        "modifier": objet._meta.label,
        "cle": objet.pk,
        "avant": _en_json(avant),
        "apres": _en_json(apres),
    }


def cle_de(identifiant):
    """Return the reference to an object that the operation named `identifiant` creates."""
    return {"de": identifiant}


def _en_json(attributs):
    return {
        attribut: valeur
        if valeur is None or isinstance(valeur, str | int | float | bool | dict)
        else DjangoJSONEncoder().default(valeur)
        for attribut, valeur in attributs.items()
    }


class Execution:
    """Does the operations of a lot, model after model, in batches. `lignes` is called once for each model.

    It yields lists of operations; `modeles` gives the order: what is named comes before what names it.
    """

    def __init__(self, modeles, lignes, auteur, motif):
        self.modeles, self.lignes, self.auteur, self.motif = modeles, lignes, auteur, motif
        self.cles = {}

    def faire(self):
        """Return {model label: keys created, in order}. Raise `Conflit` when an object is not as it was previewed."""
        creees = {}
        for modele in self.modeles:
            for operations in self._par_lots(modele):
                creees.setdefault(modele._meta.label, []).extend(self._creer(modele, _celles(operations, "creer")))
                self._modifier(modele, _celles(operations, "modifier"), "avant", "apres")
        _verifier_les_liens()
        return creees

    def defaire(self, creees):
        """Restore the state before, given what `faire` returned. Raise `Conflit` over what somebody changed since."""
        suivantes = {etiquette: iter(cles) for etiquette, cles in creees.items()}
        for modele in self.modeles:
            for operations in self._par_lots(modele):
                for operation in _celles(operations, "creer"):
                    self.cles[operation["id"]] = next(suivantes[modele._meta.label])
        for modele in reversed(self.modeles):
            for operations in self._par_lots(modele):
                self._modifier(modele, _celles(operations, "modifier"), "apres", "avant")
                self._supprimer(modele, _celles(operations, "creer"))
        _verifier_les_liens()

    def _par_lots(self, modele):
        etiquette, lot = modele._meta.label, []
        for operations in self.lignes():
            for operation in operations:
                if etiquette in (operation.get("creer"), operation.get("modifier")):
                    lot.append(operation)
            if len(lot) >= masse.TAILLE_DE_LOT:
                yield lot
                lot = []
        if lot:
            yield lot

    def _creer(self, modele, operations):
        if not operations:
            return []
        automatique = modele._meta.auto_field is not None
        cles = masse.reserver_cles(modele, len(operations)) if automatique else [None] * len(operations)
        objets = []
        for cle, operation in zip(cles, operations, strict=True):
            objet = modele(**self._resoudre(modele, operation["apres"]))
            if automatique:
                objet.pk = cle
            self.cles[operation["id"]] = objet.pk
            objets.append(objet)
        try:
            masse.inserer(modele, objets)
        except IntegrityError as erreur:
            raise Conflit([f"{modele._meta.verbose_name} déjà créé entre-temps"]) from erreur
        masse.historiser(modele, objets, "+", self.auteur, self.motif)
        return [objet.pk for objet in objets]

    def _modifier(self, modele, operations, depuis, vers):
        if not operations:
            return
        objets = modele.objects.select_for_update().in_bulk([operation["cle"] for operation in operations])
        changes, attributs, conflits = {}, set(), []
        for operation in operations:
            objet = objets.get(operation["cle"])
            attendu = self._resoudre(modele, operation[depuis])
            if objet is None or any(getattr(objet, nom) != valeur for nom, valeur in attendu.items()):
                conflits.append(str(objet or operation["cle"]))
                continue
            for nom, valeur in self._resoudre(modele, operation[vers]).items():
                setattr(objet, nom, valeur)
                attributs.add(nom)
            changes[objet.pk] = objet
        if conflits:
            raise Conflit(conflits)
        objets = list(changes.values())
        masse.modifier(modele, sorted(attributs), objets)
        masse.historiser(modele, objets, "~", self.auteur, self.motif)

    def _supprimer(self, modele, operations):
        """Delete what the lot created, if it still is as it was created."""
        if not operations:
            return
        objets = modele.objects.select_for_update().in_bulk([self.cles[operation["id"]] for operation in operations])
        conflits = []
        for operation in operations:
            objet = objets.get(self.cles[operation["id"]])
            attendu = self._resoudre(modele, operation["apres"])
            if objet is None or any(getattr(objet, nom) != valeur for nom, valeur in attendu.items()):
                conflits.append(str(objet or operation["id"]))
        if conflits:
            raise Conflit(conflits)
        masse.historiser(modele, list(objets.values()), "-", self.auteur, self.motif)
        modele.objects.filter(pk__in=objets)._raw_delete(using=DEFAULT_DB_ALIAS)

    def _resoudre(self, modele, attributs):
        """Return attributes with their native types, references replaced by keys."""
        resolus = {}
        for nom, valeur in attributs.items():
            if isinstance(valeur, dict) and "de" in valeur:
                resolus[nom] = self.cles[valeur["de"]]
            else:
                champ = modele._meta.get_field(nom)
                resolus[nom] = champ.target_field.to_python(valeur) if champ.is_relation else champ.to_python(valeur)
        return resolus


def _celles(operations, genre):
    return [operation for operation in operations if genre in operation]


def _verifier_les_liens():
    """Find now what the databases would only find at the commit: a row that names one that is gone."""
    try:
        connection.check_constraints()
    except IntegrityError as erreur:
        raise Conflit(["des objets sont utilisés ailleurs depuis"]) from erreur
