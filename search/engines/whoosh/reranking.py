"""What do pairs of words and sentences add to the best documents? Few have their texts read."""

import numpy as np
import numpy.typing as npt

from souwen.index.engines.whoosh.runs import Numbers
from souwen.index.engines.whoosh.snapshot import Snapshot
from souwen.index.norms import LENGTHS
from souwen.search.engine import Request
from souwen.search.engines.whoosh.candidates import Candidates, least
from souwen.search.engines.whoosh.listing import Listing, Listings, Scores
from souwen.search.engines.whoosh.selection import Selection
from souwen.search.hits import TermScore
from souwen.search.pairs import Pair, follows, pair_term_score, rarity
from souwen.search.query import Term
from souwen.search.sentence import LEAD_WEIGHT, Rarity, Sentence, all_score, lead_score, lead_share

BATCH = 16
"""So many texts are read before it is asked whether the next one can matter."""

SLACK = 1 + 1e-9
"""Bounds are added up as scores are, but of greater numbers, which round otherwise."""


Counted = dict[int, Scores]
"""By the number of a document, what there is in its text of the pairs and words of one query."""


def nothing_counted(pairs: tuple[Pair, ...], sentence: Sentence | None) -> Counted:  # noqa: ARG001
    """What is known of texts before a query is asked."""
    return {}


class Reranker:
    """Adds to text scores what pairs and a sentence are worth, and remembers to which documents.

    What is in a text is counted in columns, one for each document: of each pair how often it
    stands there, of each word of the sentence the share that its place gives it. ``complete`` are
    the documents that lack nothing of the sentence, ``counted`` is what is known of the texts.
    """

    def __init__(
        self,
        request: Request,
        snapshot: Snapshot,
        listings: Listings,
        complete: Selection,
        counted: Counted,
    ) -> None:
        self._snapshot = snapshot
        self._complete = complete
        self._pairs: list[tuple[Pair, Listing, Listing]] = []
        self._words: list[tuple[Term, Listing, Rarity]] = []
        self._whole: TermScore | None = None
        if request.reranks:
            held = ((one, listings.of(one.first), listings.of(one.second)) for one in request.pairs)
            self._pairs = [one for one in held if one[1].count and one[2].count]
        if request.merges and request.sentence is not None:
            found = [(word, listings.of(word)) for word in request.sentence.words]
            rarities = [_rarity(listing) for _, listing in found]
            self._words = [
                (word, listing, rare)
                for (word, listing), rare in zip(found, rarities, strict=True)
                if listing.count
            ]
            if self._words:
                self._whole = all_score(request.sentence, rarities)
        self._reranked: set[int] = set()
        self._counted = counted

    @property
    def idle(self) -> bool:
        """Whether nothing is ever added: no document holds both words of a pair."""
        return not self._pairs and not self._words

    def best(self, found: Candidates, count: int | None) -> Candidates:
        """At least the ``count`` best with what is added, all of them where it is None.

        Documents are read in the order of the scores that they would have if their words always
        stood in pairs and in the lead, and no more of them than can matter.
        """
        most = self._most(found.numbers)
        bounds = self._with(found, most).scores * SLACK
        order, size = (-bounds).argsort(kind="stable"), len(bounds)
        counts = np.zeros(most.shape)
        read = found
        for begin in range(0, size, BATCH):
            end = min(begin + BATCH, size)
            self._read(found.numbers, most, counts, order[begin:end])
            chosen = np.sort(order[:end])
            if end == size or (count is not None and end >= count):
                read = self._with(found.at(chosen), counts[:, chosen])
                if end == size or (count and least(read.scores, count) > bounds[order[end]]):
                    break
        self._reranked.update(read.numbers.tolist())
        return read

    def _most(self, numbers: Numbers) -> Scores:
        """What there can be in each document at most."""
        pairs = [
            np.minimum(_frequencies(first, numbers), _frequencies(second, numbers))
            for _, first, second in self._pairs
        ]
        held = (_frequencies(listing, numbers) > 0 for _, listing, _ in self._words)
        words = [one.astype(np.float64) for one in held]
        return np.array(pairs + words).reshape(len(pairs) + len(words), len(numbers))

    def _read(
        self, numbers: Numbers, most: Scores, counts: Scores, places: npt.NDArray[np.intp]
    ) -> None:
        """Put in what there is in the documents at these places."""
        for at in places.tolist():
            if most[:, at].any():
                number = int(numbers[at])
                found = self._counted.get(number)
                if found is None:
                    found = self._counted[number] = self._count(number, most[:, at])
                counts[:, at] = found

    def _count(self, number: int, most: Scores) -> Scores:
        """What there is in a document, nothing oftener than ``most``."""
        body = self._snapshot.folded("body", number)
        found = np.zeros(len(most))
        for one in np.flatnonzero(most).tolist():
            if one < len(self._pairs):
                found[one] = follows(body, self._pairs[one][0])
            else:
                found[one] = lead_share(body, self._words[one - len(self._pairs)][0])
        return np.minimum(found, most)

    def _with(self, found: Candidates, counts: Scores) -> Candidates:
        """The documents with what is added for what there is in them."""
        text = found.text.copy()
        pairs, words = counts[: len(self._pairs)], counts[len(self._pairs) :]
        for (pair, first, second), often in zip(self._pairs, pairs, strict=True):
            if often.any():
                table = first.table
                lengths = LENGTHS[table.norms[found.numbers]].astype(np.float64)
                rare = rarity(table.documents, first.count, second.count)
                text += table.exact(often, lengths) * (pair.weight * rare)
        for (_, _, rare_word), shares in zip(self._words, words, strict=True):
            text += LEAD_WEIGHT * rare_word.idf * shares
        if self._whole is not None:
            text += self._complete.among(found.numbers) * self._whole.score
        scores = text if found.factors is None else text * found.factors
        return Candidates(found.numbers, text, found.factors, scores)

    def explain(self, number: int) -> tuple[TermScore, ...]:
        """What was added to the score of one document."""
        if number not in self._reranked:
            return ()
        numbers = np.array([number])
        most = self._most(numbers)
        counts = np.zeros(most.shape)
        self._read(numbers, most, counts, np.zeros(1, np.intp))
        found = counts[:, 0].tolist()
        pairs = zip(self._pairs, found, strict=False)
        words = zip(self._words, found[len(self._pairs) :], strict=True)
        scores = [_explained(one, tf, number) for one, tf in pairs if tf]
        scores += [lead_score(word, rare, share) for (word, _, rare), share in words if share]
        if self._whole is not None and self._complete.among(numbers)[0]:
            scores.append(self._whole)
        return tuple(scores)


def _rarity(listing: Listing) -> Rarity:
    return Rarity(listing.table.documents if listing.count else 0, listing.count)


def _frequencies(listing: Listing, numbers: Numbers) -> Scores:
    """How often the leaf stands in each of the documents."""
    at = listing.numbers.searchsorted(numbers)
    found: Scores = listing.frequencies.take(at, mode="clip").astype(np.float64)
    found[listing.numbers.take(at, mode="clip") != numbers] = 0
    return found


def _explained(one: tuple[Pair, Listing, Listing], tf: float, number: int) -> TermScore:
    pair, first, second = one
    table = first.table
    length = float(LENGTHS[table.norms[number]])
    return pair_term_score(
        pair,
        (table.documents, first.count, second.count),
        tf=tf,
        length=length,
        average=table.average,
        tf_weight=float(table.exact(np.array([tf]), np.array([length]))[0]),
    )
