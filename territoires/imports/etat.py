"""What the base and the whole file say of a list, before any row is judged."""

from collections import defaultdict

from django.db.models import Q
from django.utils import timezone

from territoires.membres import Terrain
from territoires.models import Composition, Inscription, Region

# The first one that a row fills says its members.
COLONNES_DE_MEMBRES = ("insee_com", "siren_epci", "siren_groupement")


class EtatDeListe:
    """A list of day `jour`, or None when it is new, and the rows to come. Communes are those of the list's day."""

    def __init__(self, liste, phase, jour):
        self.liste, self.phase, self.jour = liste, phase, jour
        self.terrain = Terrain(jour)
        self.regions = set(Region.objects.values_list("code", flat=True))
        self.territoires = {territoire.code.lower(): territoire for territoire in phase.territoires.all()}
        suivantes = Inscription.objects.filter(liste__phase=phase, liste__date__gt=jour)
        self.nommes_plus_tard = set(suivantes.values_list("territoire_id", flat=True))
        inscrits = liste.inscriptions.select_related("territoire") if liste else ()
        self.inscriptions = {inscription.code.lower(): inscription for inscription in inscrits}
        self._lire_les_membres()

    def _lire_les_membres(self):
        """`compositions`: code → {member: row}. `occupees`: commune → {(code, member)}. `couvertes`: of today."""
        self.compositions, self.occupees = defaultdict(dict), defaultdict(set)
        self.couvertes = defaultdict(set)
        if not self.liste:
            return
        codes = {inscription.pk: code for code, inscription in self.inscriptions.items()}
        presentes = Q(au=None) | Q(au__gte=timezone.localdate())
        for composition in Composition.objects.filter(presentes, inscription__liste=self.liste):
            code, membre = codes[composition.inscription_id], composition.collectivite_id
            self.compositions[code][membre] = composition
            self.couvertes[code] |= self.terrain.communes(membre)
            for unite in self.terrain.unites(membre):
                self.occupees[unite].add((code, membre))

    def parcourir(self, lignes, replier):
        """Look at all rows first: who claims what, under which names, and what can be folded.

        `reclames`: commune → codes. `ecrites`: (code, commune of today) → the codes that rows give it: one row stands
        for all of them, the others say the same after succession.
        """
        self.reclames, self.ecrites = defaultdict(set), defaultdict(dict)
        self.noms_lus, self.regions_lues = {}, defaultdict(set)
        seules = defaultdict(set)
        for ligne in lignes():
            if ligne.problemes:
                continue
            code, nom = self.code(ligne), ligne.valeurs.get("lib_ti", "")
            nom_lu = self.noms_lus.setdefault(code, nom) or nom
            self.noms_lus[code] = nom_lu
            self.regions_lues[code] |= {ligne.valeurs.get("region_code")} - {None, ""}
            _, membres, inconnus = self.membres(ligne)
            refusee = inconnus or nom not in ("", nom_lu)
            for membre in membres:
                for unite in self.terrain.unites(membre):
                    self.reclames[unite].add(code)
                if membre in self.terrain.toutes and not refusee:
                    self.ecrites[code, self.terrain.actuelle(membre)][self.terrain.ecrite(membre)] = None
                    seules[code] |= self.terrain.unites(membre)
        self.replis = {}
        for code, unites in seules.items() if replier else ():
            libres = {u for u in unites if self.reclames[u] == {code} and not self.occupees.get(u)}
            self.replis[code] = self.terrain.replier(libres)

    def code(self, ligne):
        return ligne.valeurs["id_ti"].strip().lower()

    def membres(self, ligne):
        """Return (column, known codes, codes that nobody knows) of a row: its commune, else its EPCI, else its cell.

        Of a row that names none, the column is the first that could.
        """
        valeurs = {cle: ligne.valeurs[cle] for cle in COLONNES_DE_MEMBRES if cle in ligne.valeurs}
        colonne = next((cle for cle, valeur in valeurs.items() if valeur), next(iter(valeurs)))
        cites = valeurs[colonne] or []
        cites = [cites] if isinstance(cites, str) else cites
        connus = {cite: self.terrain.connu(cite) for cite in cites}
        membres = list(dict.fromkeys(code for code in connus.values() if code))
        return colonne, membres, [cite for cite, code in connus.items() if not code]

    def dispute(self, code, membres, unite):
        """Return the territories that claim a commune when they are several, else nothing.

        A member of another territory is moved when the file no longer claims it for that one and the row names all
        of it: a commune that stood alone, or the same group. Out of a group, a commune can't be taken without
        redrawing that territory.
        """
        if len(self.reclames[unite]) > 1:
            return sorted(self.nommer(autre) for autre in self.reclames[unite])
        for autre, membre in self.occupees.get(unite, ()):
            if autre != code and membre not in membres and membre not in self.terrain.toutes:
                return sorted([self.nommer(autre), self.nommer(code)])
        return []

    def nommer(self, code):
        connu = self.inscriptions.get(code)
        nom = self.noms_lus.get(code) or (connu.nom if connu else "")
        return f"{nom} ({code})" if nom else code

    def region_lue(self, code):
        """Return the region that all rows of a territory give it; rows of one territory may lie in several."""
        lues = {region.zfill(2) for region in self.regions_lues[code]}
        return next(iter(lues & self.regions), None) if len(lues) == 1 else None
