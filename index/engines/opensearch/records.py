"""How is a document sent to a cluster, and how does it come back?"""

import base64
import hashlib
from collections.abc import Sequence

from souwen.index.documents import AnalyzedDocument, Document
from souwen.index.engine import field_dates, field_keywords, field_terms
from souwen.index.engines import shown
from souwen.index.engines.opensearch.mapping import SHOWN, WHOLE, Json, similarity
from souwen.index.engines.opensearch.units import units
from souwen.index.signature import KEYS


def key(id: str) -> str:
    """What a cluster knows a document by, which must be short."""
    digest = hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=15).digest()
    return base64.urlsafe_b64encode(digest).decode()


def record(analyzed: AnalyzedDocument) -> tuple[Json, dict[str, Sequence[str]]]:
    """The document as JSON can hold it, and the terms of each of its fields.

    What is empty is left out: only documents that have a field count in its statistics.
    """
    terms = dict(field_terms(analyzed))
    keywords = dict(field_keywords(analyzed))
    texts = {"title": analyzed.title.folded, "body": analyzed.body.folded}
    places: dict[str, Json] = {place: {} for place in texts}
    for name, found in terms.items():
        if found:
            place, _, part = name.partition(".")
            places[place][part] = found[0] if name == WHOLE else " ".join(found)
    for place, text in texts.items():
        if text:
            places[place]["units"] = " ".join(units(text))
    content: Json = {
        "id": analyzed.document.id,
        **places,
        **{name: [one.folded for one in values] for name, values in keywords.items()},
        "shown": {name: [one.text for one in keywords[name]] for name in SHOWN},
        **{
            name: date for name, date in field_dates(analyzed.document.metadata) if date is not None
        },
        "lengths": {
            similarity(name): len(found) for name, found in terms.items() if found and name != WHOLE
        },
        "keys": keys(analyzed.signature),
        "signature": base64.b64encode(analyzed.signature).decode(),
        "post": dump(analyzed.document),
    }
    return content, terms


def keys(signature: bytes) -> list[str]:
    """The keys of a signature, one of which near-duplicates have in common."""
    return [signature[at : at + 2].hex() for at in range(0, 2 * KEYS, 2)]


def dump(document: Document) -> Json:
    """The document itself, as it is shown."""
    return {**shown.dump(document), "body": document.body}


def load(found: Json) -> Document:
    """What ``dump`` was given."""
    return shown.load(found, body=found["body"])
