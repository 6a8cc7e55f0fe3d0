# cython: language_level=3
"""Snowball's English stemmer (Porter2) over bytes, step by step as nltk's `EnglishStemmer` has it, which is the oracle.

M. F. Porter, "The English (Porter2) stemming algorithm", https://snowballstem.org/algorithms/english/stemmer.html, with the
lists of suffixes and exceptional words that nltk 3.10 has. Only inline functions: this module is compiled into each kernel and
never imported.

The regions R1 and R2 are kept as so many bytes at the end of the word. Where a suffix is replaced that R2 does not hold as a
whole, nltk makes R2 empty, or the letter e, in place of leaving it where it was; that is what ``Rule.lost`` says.
"""

from libc.stdint cimport uint8_t
from libc.string cimport memcmp, memcpy, strlen


cdef extern from *:
    """
    typedef struct { const char *suffix, *ending; int lost; const char *before; } Rule;
    #define CUT -1  /* R2 loses what the word loses */

    static const char *const STEP_1B[] = {"eedly", "ingly", "edly", "eed", "ing", "ed", 0};
    static const Rule STEP_2[] = {
        {"ization", "ize", 0, 0}, {"ational", "ate", 1, 0}, {"fulness", "ful", CUT, 0}, {"ousness", "ous", 0, 0},
        {"iveness", "ive", 1, 0}, {"tional", "tion", CUT, 0}, {"biliti", "ble", 0, 0}, {"lessli", "less", CUT, 0},
        {"entli", "ent", CUT, 0}, {"ation", "ate", 1, 0}, {"alism", "al", 0, 0}, {"aliti", "al", 0, 0},
        {"ousli", "ous", 0, 0}, {"iviti", "ive", 1, 0}, {"fulli", "ful", CUT, 0}, {"enci", "ence", CUT, 0},
        {"anci", "ance", CUT, 0}, {"abli", "able", CUT, 0}, {"izer", "ize", 0, 0}, {"ator", "ate", 1, 0},
        {"alli", "al", 0, 0}, {"bli", "ble", 0, 0}, {"ogi", "og", CUT, "l"}, {"li", "", CUT, "cdeghkmnrt"}, {0},
    };
    static const Rule STEP_3[] = {
        {"ational", "ate", 0, 0}, {"tional", "tion", CUT, 0}, {"alize", "al", CUT, 0}, {"icate", "ic", 0, 0},
        {"iciti", "ic", 0, 0}, {"ative", "", CUT, 0}, {"ical", "ic", 0, 0}, {"ness", "", CUT, 0}, {"ful", "", CUT, 0}, {0},
    };
    static const Rule STEP_4[] = {
        {"ement", "", CUT, 0}, {"ance", "", CUT, 0}, {"ence", "", CUT, 0}, {"able", "", CUT, 0}, {"ible", "", CUT, 0},
        {"ment", "", CUT, 0}, {"ant", "", CUT, 0}, {"ent", "", CUT, 0}, {"ism", "", CUT, 0}, {"ate", "", CUT, 0},
        {"iti", "", CUT, 0}, {"ous", "", CUT, 0}, {"ive", "", CUT, 0}, {"ize", "", CUT, 0}, {"ion", "", CUT, "st"},
        {"al", "", CUT, 0}, {"er", "", CUT, 0}, {"ic", "", CUT, 0}, {0},
    };
    static const char *const EXCEPTIONAL[][2] = {
        {"skis", "ski"}, {"skies", "sky"}, {"dying", "die"}, {"lying", "lie"}, {"tying", "tie"}, {"idly", "idl"},
        {"gently", "gentl"}, {"ugly", "ugli"}, {"early", "earli"}, {"only", "onli"}, {"singly", "singl"}, {"sky", "sky"},
        {"news", "news"}, {"howe", "howe"}, {"atlas", "atlas"}, {"cosmos", "cosmos"}, {"bias", "bias"}, {"andes", "andes"},
        {"inning", "inning"}, {"innings", "inning"}, {"outing", "outing"}, {"outings", "outing"}, {"canning", "canning"},
        {"cannings", "canning"}, {"herring", "herring"}, {"herrings", "herring"}, {"earring", "earring"},
        {"earrings", "earring"}, {"proceed", "proceed"}, {"proceeds", "proceed"}, {"proceeded", "proceed"},
        {"proceeding", "proceed"}, {"exceed", "exceed"}, {"exceeds", "exceed"}, {"exceeded", "exceed"},
        {"exceeding", "exceed"}, {"succeed", "succeed"}, {"succeeds", "succeed"}, {"succeeded", "succeed"},
        {"succeeding", "succeed"}, {0, 0},
    };
    """
    ctypedef struct Rule:
        const char* suffix
        const char* ending
        int lost
        const char* before
    const char* STEP_1B[]
    const Rule STEP_2[]
    const Rule STEP_3[]
    const Rule STEP_4[]
    const char* EXCEPTIONAL[][2]
    const int CUT


cdef struct Stem:
    uint8_t* at       # the word; a y that is a consonant stands there as Y
    Py_ssize_t size
    Py_ssize_t r1     # bytes of the region at the end of the word
    Py_ssize_t r2


cdef inline bint is_vowel(uint8_t letter) noexcept nogil:
    return letter == c"a" or letter == c"e" or letter == c"i" or letter == c"o" or letter == c"u" or letter == c"y"


cdef inline bint has_vowel(const uint8_t* at, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    for i in range(size):
        if is_vowel(at[i]):
            return True
    return False


cdef inline bint is_one_of(uint8_t letter, const char* letters) noexcept nogil:
    while letters[0]:
        if <uint8_t>letters[0] == letter:
            return True
        letters += 1
    return False


cdef inline bint ends_so(const Stem* word, const char* suffix) noexcept nogil:
    cdef Py_ssize_t size = strlen(suffix)
    return size <= word.size and memcmp(word.at + word.size - size, suffix, size) == 0


cdef inline void cut(Stem* word, Py_ssize_t count) noexcept nogil:
    word.size -= count
    word.r1 = max(word.r1 - count, 0)
    word.r2 = max(word.r2 - count, 0)


cdef inline void replace(Stem* word, const char* suffix, const char* ending, int lost) noexcept nogil:
    """Put an ending in place of a suffix, which R1 holds."""
    cdef Py_ssize_t size = strlen(suffix), new = strlen(ending)
    cdef bint whole = lost == CUT or word.r2 >= size
    memcpy(word.at + word.size - size, ending, new)
    cut(word, size - new)
    if not whole:
        word.r2 = lost


cdef inline Py_ssize_t region(const uint8_t* at, Py_ssize_t size) noexcept nogil:
    """How many bytes follow the first letter that is no vowel and stands behind one."""
    cdef Py_ssize_t i
    for i in range(1, size):
        if not is_vowel(at[i]) and is_vowel(at[i - 1]):
            return size - i - 1
    return 0


cdef inline void mark(Stem* word) noexcept nogil:
    """The y that are consonants, and the regions."""
    cdef Py_ssize_t i
    if word.at[0] == c"y":
        word.at[0] = c"Y"
    for i in range(1, word.size):
        if word.at[i] == c"y" and is_vowel(word.at[i - 1]):
            word.at[i] = c"Y"
    word.r1 = region(word.at, word.size)
    if word.size >= 5 and (memcmp(word.at, b"gener", 5) == 0 or memcmp(word.at, b"arsen", 5) == 0):
        word.r1 = word.size - 5
    elif word.size >= 6 and memcmp(word.at, b"commun", 6) == 0:
        word.r1 = word.size - 6
    word.r2 = region(word.at + word.size - word.r1, word.r1)


cdef inline void step_1a(Stem* word) noexcept nogil:
    if ends_so(word, "sses"):
        cut(word, 2)
    elif ends_so(word, "ied") or ends_so(word, "ies"):
        cut(word, 2 if word.size > 4 else 1)
    elif ends_so(word, "s") and not ends_so(word, "us") and not ends_so(word, "ss"):
        if has_vowel(word.at, word.size - 2):
            cut(word, 1)


cdef inline bint is_short(const Stem* word) noexcept nogil:
    """Does the word end in a short syllable, with nothing in R1?"""
    cdef const uint8_t* end = word.at + word.size
    if word.r1:
        return False
    if word.size == 2:
        return is_vowel(end[-2]) and not is_vowel(end[-1])
    return word.size > 2 and not is_vowel(end[-3]) and is_vowel(end[-2]) and not is_vowel(end[-1]) and not is_one_of(end[-1], "wxY")


cdef inline void mend(Stem* word) noexcept nogil:
    """What is left before -ed and -ing gets its e back, or loses one of two consonants."""
    if ends_so(word, "at") or ends_so(word, "bl") or ends_so(word, "iz"):
        word.at[word.size] = c"e"
        word.size += 1
        word.r1 += 1
        if word.size > 5 or word.r1 >= 3:
            word.r2 += 1
    elif word.size >= 2 and word.at[word.size - 1] == word.at[word.size - 2] and is_one_of(word.at[word.size - 1], "bdfgmnprt"):
        cut(word, 1)
    elif is_short(word):
        word.at[word.size] = c"e"
        word.size += 1
        word.r2 += word.r2 > 0


cdef inline void step_1b(Stem* word) noexcept nogil:
    cdef Py_ssize_t size, i = 0
    while STEP_1B[i] != NULL and not ends_so(word, STEP_1B[i]):
        i += 1
    if STEP_1B[i] == NULL:
        return
    size = strlen(STEP_1B[i])
    if STEP_1B[i][0] == STEP_1B[i][1]:  # eed, eedly
        if word.r1 >= size:
            replace(word, STEP_1B[i], "ee", 0)
    elif has_vowel(word.at, word.size - size):
        cut(word, size)
        mend(word)


cdef inline void step_1c(Stem* word) noexcept nogil:
    cdef uint8_t* last = word.at + word.size - 1
    if word.size > 2 and (last[0] == c"y" or last[0] == c"Y") and not is_vowel(last[-1]):
        last[0] = c"i"


cdef inline void apply_first(Stem* word, const Rule* rule, bint in_r2) noexcept nogil:
    """The first rule whose suffix the word ends in, if the region holds it and the letter before it is right."""
    cdef Py_ssize_t size
    while rule.suffix != NULL:
        if ends_so(word, rule.suffix):
            size = strlen(rule.suffix)
            if (word.r2 if in_r2 else word.r1) < size:
                return
            if rule.before == NULL or (size < word.size and is_one_of(word.at[word.size - size - 1], rule.before)):
                replace(word, rule.suffix, rule.ending, rule.lost)
            return
        rule += 1


cdef inline void step_3(Stem* word) noexcept nogil:
    if word.r2 >= 5 or not ends_so(word, "ative"):  # the one suffix that R2 must hold
        apply_first(word, STEP_3, False)


cdef inline void step_5(Stem* word) noexcept nogil:
    cdef const uint8_t* end = word.at + word.size
    if word.size < 2:
        return
    if word.r2 and end[-1] == c"l" and end[-2] == c"l":
        word.size -= 1
    elif word.r2 and end[-1] == c"e":
        word.size -= 1
    elif word.r1 and end[-1] == c"e" and word.size >= 4:
        if is_vowel(end[-2]) or is_one_of(end[-2], "wxY") or not is_vowel(end[-3]) or is_vowel(end[-4]):
            word.size -= 1


cdef inline Py_ssize_t exceptional(uint8_t* at, Py_ssize_t size) noexcept nogil:
    """Put the stem of an exceptional word in its place; -1 where it is none."""
    cdef Py_ssize_t i = 0
    while EXCEPTIONAL[i][0] != NULL:
        if <Py_ssize_t>strlen(EXCEPTIONAL[i][0]) == size and memcmp(EXCEPTIONAL[i][0], at, size) == 0:
            memcpy(at, EXCEPTIONAL[i][1], strlen(EXCEPTIONAL[i][1]))
            return strlen(EXCEPTIONAL[i][1])
        i += 1
    return -1


cdef inline Py_ssize_t stemmed(uint8_t* at, Py_ssize_t size) noexcept nogil:
    """Put the stem of a word of letters from a to z in its place, which it never outgrows; its size."""
    cdef Stem word
    cdef Py_ssize_t i
    if size <= 2:
        return size
    i = exceptional(at, size)
    if i >= 0:
        return i
    word.at, word.size = at, size
    mark(&word)
    step_1a(&word)
    step_1b(&word)
    step_1c(&word)
    apply_first(&word, STEP_2, False)
    step_3(&word)
    apply_first(&word, STEP_4, True)
    step_5(&word)
    for i in range(word.size):
        if at[i] == c"Y":
            at[i] = c"y"
    return word.size
