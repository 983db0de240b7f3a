"""axe-core on a page (see `tests/navigateur/README.md` for the vendored file)."""

from functools import cache
from pathlib import Path

AXE = Path(__file__).resolve().parent.parent / "navigateur" / "axe.min.js"
REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source():
    return AXE.read_text()


def violations(page):
    """Return what axe finds on a playwright page, as it gives it."""
    # Not `add_script_tag`: our Content-Security-Policy refuses it, as it should.
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_source())
    resultat = page.evaluate(
        "regles => axe.run(document, {runOnly: {type: 'tag', values: regles}, resultTypes: ['violations']})",
        REGLES,
    )
    return resultat["violations"]


def verifier_accessibilite(page):
    """Fail with a readable list when axe finds anything on a playwright page."""
    trouvees = violations(page)
    assert not trouvees, f"axe : {len(trouvees)} règles non respectées sur {page.url}\n" + "\n".join(
        f"- {violation['id']} ({violation['impact']}) : {violation['help']}\n"
        + "\n".join(
            f"    {' '.join(map(str, noeud['target']))}\n      {noeud['html'][:200]}"
            for noeud in violation["nodes"][:10]
        )
        for violation in trouvees
    )
