"""Writes `uk_us.tsv`: British spellings and their American ones, one pair a line.

From the word lists of Debian's packages wbritish and wamerican (SCOWL by Kevin Atkinson; see NOTICE):

    python -m idlibsearch.analysis.data.make_uk_us /usr/share/dict/british-english /usr/share/dict/american-english

A pair is taken when the British word stands in the British list only, the American one in the American list only, and one of
the patterns below, applied at one place, leads from the one to the other. A pattern alone proves nothing: it would turn
promise into promize. HAND adds the pairs that this cannot find, mostly because one of the lists has both spellings.
Put the number printed here into `spelling.TABLE_CRC`.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

PATTERNS = (
    ("our", "or"), ("is", "iz"), ("ys", "yz"), ("re", "er"), ("tred", "tered"), ("tring", "tering"), ("ll", "l"), ("l", "ll"),
    ("tt", "t"), ("ence", "ense"), ("ae", "e"), ("oe", "e"), ("sce", "ske"), ("ph", "f"), ("ogue", "og"), ("mme", "m"),
)  # fmt: skip
WRONG = frozenset({"mantoes", "snowshoed"})  # chance pairs: mantes, snowshed

HAND = """
aeroplane airplane, aeroplanes airplanes, ageing aging, aluminium aluminum, anaesthesia anesthesia, anaesthetic anesthetic,
anaesthetics anesthetics, analogue analog, artefact artifact, artefacts artifacts, burqa burka, burqas burkas,
catalogue catalog, catalogued cataloged, catalogues catalogs, cheque check, cheques checks, cosy cozy, councillor councilor,
councillors councilors, counsellor counselor, counsellors counselors, demilitarisation demilitarization,
demilitarise demilitarize, demilitarised demilitarized, demilitarising demilitarizing, demonise demonize, demonised demonized,
demonising demonizing, denuclearisation denuclearization, denuclearise denuclearize, depoliticise depoliticize,
depoliticised depoliticized, deradicalisation deradicalization, destabilisation destabilization, destabilised destabilized,
destabilises destabilizes, destabilising destabilizing, dialogue dialog, dialogues dialogs, diarrhoea diarrhea, draught draft,
draughts drafts, duelled dueled, duelling dueling, encyclopaedia encyclopedia, enquire inquire, enquired inquired,
enquiries inquiries, enquiry inquiry, enrol enroll, enrolment enrollment, foetal fetal, foetus fetus, fuelled fueled,
fuelling fueling, fulfil fulfill, fulfilment fulfillment, gaol jail, gaoled jailed, gaols jails, glamour glamor,
globalised globalized, gramme gram, grammes grams, grey gray, greyer grayer, greys grays, gruelling grueling,
haemorrhage hemorrhage, haemorrhages hemorrhages, instalment installment, instalments installments,
internationalisation internationalization, internationalise internationalize, internationalised internationalized,
islamisation islamization, islamise islamize, islamised islamized, jeweller jeweler, jewellers jewelers, jewellery jewelry,
judgement judgment, judgements judgments, kerb curb, kerbs curbs, kilogramme kilogram, kilogrammes kilograms, licence license,
licences licenses, manoeuvrable maneuverable, manoeuvre maneuver, manoeuvred maneuvered, manoeuvres maneuvers,
manoeuvring maneuvering, marginalisation marginalization, mediaeval medieval, metre meter, metres meters,
militarisation militarization, mould mold, moulds molds, moustache mustache, moustaches mustaches, mum mom, mums moms,
normalisation normalization, orthopaedic orthopedic, paedophile pedophile, paedophiles pedophiles, paedophilia pedophilia,
plough plow, ploughed plowed, ploughing plowing, ploughs plows, politicisation politicization, practise practice,
practised practiced, practises practices, practising practicing, pretence pretense, pretences pretenses, programme program,
programmes programs, pyjamas pajamas, radicalisation radicalization, radicalise radicalize, radicalised radicalized,
radicalising radicalizing, regularisation regularization, rouble ruble, roubles rubles, sabre saber, sabres sabers,
saviour savior, saviours saviors, sectarianise sectarianize, securitisation securitization, skilful skillful, smoulder smolder,
smouldered smoldered, smouldering smoldering, specialities specialties, speciality specialty, sulphur sulfur, theatre theater,
theatres theaters, tyre tire, tyres tires, unrivalled unrivaled, weaponisation weaponization, weaponise weaponize,
weaponised weaponized, weaponises weaponizes, weaponising weaponizing, wilful willful, yoghurt yogurt
"""


def derived(british: set[str], american: set[str]) -> Iterator[tuple[str, str]]:
    """The pairs that a pattern links, each spelling known to one list only."""
    for word in sorted(british - american - WRONG):
        for old, new in PATTERNS:
            places = (at for at in range(len(word)) if word.startswith(old, at))
            found = [word[:at] + new + word[at + len(old) :] for at in places]
            yield from ((word, other) for other in found if other in american - british)


def by_hand() -> Iterator[tuple[str, str]]:
    """The pairs of HAND."""
    for pair in HAND.replace("\n", " ").split(","):
        old, new = pair.split()
        yield old, new


def words(path: str) -> set[str]:
    """The plain lower-case words of a list."""
    lines = Path(path).read_text(encoding="utf-8").split()
    return {word for word in lines if word.isascii() and word.isalpha() and word.islower()}


def main(british: str, american: str) -> None:
    """Write the table beside this script."""
    pairs = {**dict(derived(words(british), words(american))), **dict(by_hand())}
    data = "".join(f"{old}\t{new}\n" for old, new in sorted(pairs.items())).encode("ascii")
    Path(__file__).with_name("uk_us.tsv").write_bytes(data)
    print(f"{len(pairs)} pairs; TABLE_CRC = {zlib.crc32(data):#010x}")


if __name__ == "__main__":
    main(*sys.argv[1:])
